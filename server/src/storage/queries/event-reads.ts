import { sql } from 'kysely';

import type { EventRequest, EventSummary, EventWhole, SessionReader } from '../session-reader.ts';
import { eventColumnNames, eventFromSql, type EventSql } from '../sqlite/event-sql.ts';
import { allOf, firstRow, type Runner, type Sql } from './runner.ts';

type Part = Pick<SessionReader, 'events' | 'eventSummaries' | 'event' | 'position'>;

/** Reads of events. */
export function eventReads(runner: Runner): Part {
  return {
    async events(orgId, sessionId, request) {
      const ofSession = await rowsOfSession(runner, orgId, sessionId);
      if (ofSession === null) return null;
      const rows = await runner.rows<EventSql>(pageQuery(runner, ofSession, request, wholeColumns));
      return rows.map(eventFromSql);
    },
    async eventSummaries(orgId, sessionId, request) {
      const ofSession = await rowsOfSession(runner, orgId, sessionId);
      if (ofSession === null) return null;
      const rows = await runner.rows<EventSql>(
        pageQuery(runner, ofSession, request, summaryColumns),
      );
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

/** A condition that rows under an alias belong to one session. */
export type OfSession = (alias: string) => Sql;

/** What finds the rows of a session; null when there is none. */
export async function rowsOfSession(
  runner: Runner,
  orgId: string,
  sessionId: string,
): Promise<OfSession | null> {
  const { within, owner } = runner.flavour;
  const row = await firstRow<{ owner: unknown }>(
    runner,
    sql`select ${sql.ref(owner.of)} as owner from sessions
      where org_id = ${runner.id(orgId)} and id = ${runner.id(sessionId)}`,
  );
  if (row === undefined) return null;
  return (alias) =>
    sql`${within(alias, orgId)} and ${sql.ref(`${alias}.${owner.column}`)} = ${row.owner}`;
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

function pageQuery(runner: Runner, ofSession: OfSession, request: EventRequest, columns: Sql): Sql {
  const conditions: Sql[] = [ofSession('e'), runner.inTime(sql`e.position`)];
  if (request.types !== null) {
    const types = request.types.map((type) => sql`${type}`);
    conditions.push(sql`e.type in (${types.length === 0 ? sql`null` : sql.join(types)})`);
  }
  if (request.q !== null && request.q !== '') conditions.push(textCondition(runner, request.q));
  if (request.afterPosition !== null) conditions.push(sql`e.position > ${request.afterPosition}`);
  if (request.afterTime !== null) conditions.push(afterTime(runner, request.afterTime));
  const order =
    request.order === 'position'
      ? sql`e.position`
      : sql`e.started_at, ${senderOf(runner)}, ${seq}, e.id`;
  return sql`select ${columns} from events as e where ${allOf(conditions)} order by ${order} limit ${request.limit}`;
}

/** Stands before every sender that there is. */
const noSender = '00000000-0000-0000-0000-000000000000';

function senderOf(runner: Runner): Sql {
  return sql`coalesce(e.sender, ${runner.flavour.id(runner.id(noSender))})`;
}

const seq = sql`coalesce(e.seq, e.close_seq, 0)`;

function afterTime(runner: Runner, after: NonNullable<EventRequest['afterTime']>): Sql {
  const last = sql`(${after.startedAtMs}, ${runner.id(after.sender ?? noSender)}, ${after.seq ?? 0}, ${runner.id(after.id)})`;
  // The first comparison lets the index begin at the right place.
  return sql`e.started_at >= ${after.startedAtMs} and (e.started_at, ${senderOf(runner)}, ${seq}, e.id) > ${last}`;
}

function textCondition({ flavour: { like } }: Runner, q: string): Sql {
  const pattern = `%${q.replace(/[\\%_]/g, (found) => `\\${found}`)}%`;
  return sql`(e.name ${like} ${pattern} escape '\\' or e.model ${like} ${pattern} escape '\\'
    or e.brief ${like} ${pattern} escape '\\' or e.data ${like} ${pattern} escape '\\')`;
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
  const ofSession = await rowsOfSession(runner, orgId, sessionId);
  if (ofSession === null) return null;
  const [row] = await runner.rows<WholeSql>(
    sql`select ${wholeColumns}, p.table_version, p.price from events as e
      left join prices_used as p on p.id = e.price_id
      where ${ofSession('e')} and e.id = ${runner.id(eventId)}`,
  );
  if (row === undefined) return null;
  const { table_version: tableVersion, price } = row;
  return {
    ...eventFromSql(row),
    price: tableVersion === null || price === null ? null : { tableVersion, price },
  };
}
