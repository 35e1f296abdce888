import { sql } from 'kysely';

import type { EventRequest, EventSummary, EventWhole, SessionReader } from '../session-reader.ts';
import { eventColumnNames, eventFromSql, type EventSql } from '../sqlite/event-sql.ts';
import { allOf, firstRow, type Runner, type Sql } from './runner.ts';

type Part = Pick<SessionReader, 'events' | 'eventSummaries' | 'event' | 'position'>;

/** Reads of events. */
export function eventReads(runner: Runner): Part {
  return {
    async events(orgId, sessionId, request) {
      const key = await sessionKey(runner, orgId, sessionId);
      if (key === null) return null;
      const rows = await runner.rows<EventSql>(pageQuery(runner, key, request, wholeColumns));
      return rows.map(eventFromSql);
    },
    async eventSummaries(orgId, sessionId, request) {
      const key = await sessionKey(runner, orgId, sessionId);
      if (key === null) return null;
      const rows = await runner.rows<EventSql>(pageQuery(runner, key, request, summaryColumns));
      return rows.map((row): EventSummary => eventFromSql({ ...row, ...leftOut }));
    },
    event: (orgId, sessionId, eventId) => eventWhole(runner, orgId, sessionId, eventId),
    async position(orgId, sessionId) {
      const row = await firstRow<{ position: bigint }>(
        runner,
        sql`select position from sessions where org_id = ${runner.id(orgId)} and id = ${runner.id(sessionId)}`,
      );
      return Number(row?.position ?? 0n);
    },
  };
}

/** The engine's key of a session; null when there is none. */
export async function sessionKey(
  runner: Runner,
  orgId: string,
  sessionId: string,
): Promise<bigint | null> {
  const row = await firstRow<{ session_key: bigint }>(
    runner,
    sql`select session_key from sessions where org_id = ${runner.id(orgId)} and id = ${runner.id(sessionId)}`,
  );
  return row?.session_key ?? null;
}

/** Content stands in the last columns, so that a timeline never reads the pages it overflows to. */
const contentColumns: ReadonlySet<string> = new Set([
  'data',
  'truncated',
  'cost_classes',
  'price_id',
]);

const leftOut = { data: '', truncated: null, cost_classes: null, price_id: null } as const;

const wholeColumns = columnsSql(eventColumnNames);

const summaryColumns = columnsSql(eventColumnNames.filter((name) => !contentColumns.has(name)));

function columnsSql(names: readonly string[]): Sql {
  return sql.join(
    names.map((name) =>
      name === 'cost' ? sql`cast(e.cost as text) as cost` : sql.ref(`e.${name}`),
    ),
  );
}

function pageQuery(runner: Runner, key: bigint, request: EventRequest, columns: Sql): Sql {
  const conditions: Sql[] = [sql`e.session_key = ${key}`, runner.inTime(sql`e.position`)];
  if (request.types !== null) {
    const types = request.types.map((type) => sql`${type}`);
    conditions.push(sql`e.type in (${types.length === 0 ? sql`null` : sql.join(types)})`);
  }
  if (request.q !== null && request.q !== '') conditions.push(textCondition(request.q));
  if (request.afterPosition !== null) conditions.push(sql`e.position > ${request.afterPosition}`);
  if (request.afterTime !== null) conditions.push(afterTime(runner, request.afterTime));
  const order =
    request.order === 'position' ? sql`e.position` : sql`e.started_at, ${sender}, ${seq}, e.id`;
  return sql`select ${columns} from events as e where ${allOf(conditions)} order by ${order} limit ${request.limit}`;
}

const sender = sql`coalesce(e.sender, x'')`;
const seq = sql`coalesce(e.seq, e.close_seq, 0)`;

function afterTime(runner: Runner, after: NonNullable<EventRequest['afterTime']>): Sql {
  const last = sql`(${after.startedAtMs}, ${after.sender === null ? sql`x''` : sql`${runner.id(after.sender)}`},
    ${after.seq ?? 0}, ${runner.id(after.id)})`;
  // The first comparison lets the index begin at the right place.
  return sql`e.started_at >= ${after.startedAtMs} and (e.started_at, ${sender}, ${seq}, e.id) > ${last}`;
}

function textCondition(q: string): Sql {
  const pattern = `%${q.replace(/[\\%_]/g, (found) => `\\${found}`)}%`;
  return sql`(e.name like ${pattern} escape '\\' or e.model like ${pattern} escape '\\'
    or e.brief like ${pattern} escape '\\' or e.data like ${pattern} escape '\\')`;
}

interface WholeSql extends EventSql {
  readonly table_version: string | null;
  readonly price: string | null;
}

async function eventWhole(
  runner: Runner,
  orgId: string,
  sessionId: string,
  eventId: string,
): Promise<EventWhole | null> {
  const key = await sessionKey(runner, orgId, sessionId);
  if (key === null) return null;
  const [row] = await runner.rows<WholeSql>(
    sql`select ${wholeColumns}, p.table_version, p.price from events as e
      left join prices_used as p on p.id = e.price_id
      where e.session_key = ${key} and e.id = ${runner.id(eventId)}`,
  );
  if (row === undefined) return null;
  const { table_version: tableVersion, price } = row;
  return {
    ...eventFromSql(row),
    price: tableVersion === null || price === null ? null : { tableVersion, price },
  };
}
