import type { EventRow } from '../event-row.ts';
import type { EventSet, SessionTx, StoredSession } from '../session-tx.ts';
import {
  eventColumnNames,
  eventColumns,
  eventFromSql,
  eventValues,
  type EventSql,
} from '../sqlite/event-sql.ts';
import { uuidBlob, uuidBlobOrNull } from '../sqlite/uuid-blob.ts';
import { keyOf, nameOf, orgOf } from './owned-session.ts';
import { columnsOf, unnest, type Column } from './unnest.ts';
import { arrayText, type ColumnType } from './values.ts';
import type { Work } from './work.ts';

type Part = Pick<SessionTx, 'insertEvents' | 'loadEvents' | 'replaceEvents' | 'eventsBeyondEnd'>;

/** Events: inserted at once, replaced together at the end. */
export function eventWrites(work: Work): Part {
  const known = new Map<string, EventRow>();
  const replaced = new Map<string, readonly [StoredSession, EventRow]>();
  work.onFlush(() => writeReplaced(work, replaced));
  return {
    async insertEvents(sets) {
      const inserted = await insertNew(work, sets);
      const repeated = repeatedOf(sets, inserted);
      for (const [name, row] of await readRows(work, repeated)) {
        if (!known.has(name)) known.set(name, row);
      }
      return inserted;
    },
    async loadEvents(stored, ids) {
      const unknown = ids.filter((id) => !known.has(eventName(stored, id)));
      for (const [name, row] of await readRows(work, [[stored, unknown]])) known.set(name, row);
      const found = ids.flatMap((id) => known.get(eventName(stored, id)) ?? []);
      return new Map(found.map((row) => [row.id, row]));
    },
    async replaceEvents(stored, rows) {
      for (const row of rows) {
        known.set(eventName(stored, row.id), row);
        replaced.set(eventName(stored, row.id), [stored, row]);
      }
    },
    async eventsBeyondEnd(stored) {
      await work.flushOwn();
      const { endedAtMs, endSender, endLastSeq } = stored.session;
      const rows = await work.rows<EventSql>(
        `SELECT ${eventColumns} FROM events WHERE org_id = $1 AND session_id = $2 AND after_end = 0
           AND (started_at > $3 OR (sender = $4 AND coalesce(close_seq, seq) > $5))`,
        [...keyOf(stored), endedAtMs, uuidBlobOrNull(endSender), endLastSeq],
      );
      return rows.map(eventFromSql);
    },
  };
}

function eventName(stored: StoredSession, id: string): string {
  return `${nameOf(stored)}/${id}`;
}

const typesByName: ReadonlyMap<string, Column['type']> = new Map([
  ...['id', 'sender', 'parent_event_id'].map((name) => [name, 'uuid'] as const),
  ...['latency_ms', 'time_to_first_token_ms'].map((name) => [name, 'double precision'] as const),
  ...[
    'type',
    'level',
    'name',
    'provider',
    'model',
    'cost_source',
    'cost_classes',
    'brief',
    'truncated',
    'data',
  ].map((name) => [name, 'text'] as const),
]);

const valueColumns: readonly Column[] = eventColumnNames.map((name) => ({
  name,
  type: typesByName.get(name) ?? 'bigint',
}));

const columns: readonly Column[] = [
  ...columnsOf('uuid', ['org_id', 'session_id']),
  ...valueColumns,
];

/** A control character: JSON text holds none as it is, so that lists of it need no quotes. */
const separator = '\u001F';

/** How a column of new rows is told: its SQL with `?` for the value, and the value. */
interface NewColumn {
  readonly name: string;
  readonly sql: string;
  readonly textOf: (rows: readonly EventRow[]) => string;
}

function plain(name: string, type: ColumnType, value: (row: EventRow) => unknown): NewColumn {
  return { name, sql: `?::${type}[]`, textOf: (rows) => arrayText(rows.map(value), type) };
}

/** In the order of the table's columns; ids go as the text they are. */
const newColumns: readonly NewColumn[] = [
  plain('id', 'uuid', (row) => row.id),
  plain('position', 'bigint', (row) => row.position),
  plain('type', 'text', (row) => row.type),
  plain('state', 'bigint', (row) => row.state),
  plain('after_end', 'bigint', (row) => Number(row.afterEnd)),
  plain('level', 'text', (row) => row.level),
  plain('sender', 'uuid', (row) => row.sender),
  plain('seq', 'bigint', (row) => row.seq),
  plain('close_seq', 'bigint', (row) => row.closeSeq),
  plain('parent_event_id', 'uuid', (row) => row.parentEventId),
  plain('started_at', 'bigint', (row) => row.startedAtMs),
  plain('ended_at', 'bigint', (row) => row.endedAtMs),
  plain('started_at_sent', 'bigint', (row) => row.startedAtSentMs),
  plain('ended_at_sent', 'bigint', (row) => row.endedAtSentMs),
  plain('received_at', 'bigint', (row) => row.receivedAtMs),
  plain('latency_ms', 'double precision', (row) => row.latencyMs),
  plain('name', 'text', (row) => row.name),
  plain('provider', 'text', (row) => row.provider),
  plain('model', 'text', (row) => row.model),
  plain('input_tokens', 'bigint', (row) => row.inputTokens),
  plain('output_tokens', 'bigint', (row) => row.outputTokens),
  plain('time_to_first_token_ms', 'double precision', (row) => row.timeToFirstTokenMs),
  plain('cost', 'bigint', (row) => row.costNanoUsd),
  plain('cost_source', 'text', (row) => row.costSource),
  plain('price_id', 'bigint', (row) => row.priceId),
  plain('cost_classes', 'text', (row) => row.costClasses),
  plain('brief', 'text', (row) => row.brief),
  plain('truncated', 'text', (row) => row.truncated),
  {
    name: 'data',
    sql: `string_to_array(?, '${separator}')`,
    textOf: (rows) => rows.map((row) => row.data).join(separator),
  },
];

/** Inserts what is new; one statement for all sessions of an organisation, which nearly every batch is of. */
async function insertNew(work: Work, sets: readonly EventSet[]): Promise<boolean[][]> {
  const inserted = new Set<string>();
  for (const [orgId, own] of Map.groupBy(sets, ({ stored }) => orgOf(stored))) {
    for (const name of await insertOf(work, orgId, own)) inserted.add(name);
  }
  // Of a row that stands there twice the first is the new one.
  return sets.map(({ stored, rows }) =>
    rows.map((row) => inserted.delete(eventName(stored, row.id))),
  );
}

/** The names of the rows that were new. */
async function insertOf(
  work: Work,
  orgId: string,
  sets: readonly EventSet[],
): Promise<readonly string[]> {
  const rows = sets.flatMap((set) => set.rows);
  if (rows.length === 0) return [];
  const sessionIds = sets.flatMap((set) => set.rows.map(() => set.stored.session.id));
  const [row] = await work.rows<{ names: string | null }>(insertText, [
    uuidBlob(orgId),
    arrayText(sessionIds, 'uuid'),
    ...newColumns.map((column) => column.textOf(rows)),
  ]);
  const names = row?.names ?? null;
  return names === null ? [] : names.split(',').map((name) => `${orgId}/${name}`);
}

/** What was new comes as one text: a row for each would cost as much as the insert. */
const insertText = `WITH new AS (
    INSERT INTO events (org_id, session_id, ${newColumns.map(({ name }) => name).join(', ')})
    SELECT $1, v.* FROM unnest($2::uuid[], ${newColumns.map(({ sql }, index) => sql.replace('?', `$${index + 3}`)).join(', ')}) AS v
    ON CONFLICT DO NOTHING RETURNING session_id, id)
  SELECT string_agg(session_id || '/' || id, ',') AS names FROM new`;

/** The events whose second record has come: they are about to be joined. */
function repeatedOf(
  sets: readonly EventSet[],
  inserted: readonly (readonly boolean[])[],
): (readonly [StoredSession, string[]])[] {
  return sets.map(({ stored, rows }, set) => {
    const ids = rows.filter((_, row) => inserted[set]?.[row] === false).map((row) => row.id);
    return [stored, [...new Set(ids)]] as const;
  });
}

/** Rows by {@link eventName}; all sessions are of one organisation or read one after the other. */
async function readRows(
  work: Work,
  wanted: readonly (readonly [StoredSession, readonly string[]])[],
): Promise<Map<string, EventRow>> {
  const found = new Map<string, EventRow>();
  for (const [stored, ids] of wanted) {
    if (ids.length === 0) continue;
    const list = unnest(
      [{ name: 'id', type: 'uuid' }],
      ids.map((id) => [uuidBlob(id)]),
      3,
    );
    const rows = await work.rows<EventSql>(
      `SELECT ${eventColumns} FROM events
       WHERE org_id = $1 AND session_id = $2 AND id = ANY($3::uuid[])`,
      [...keyOf(stored), ...list.values],
    );
    for (const row of rows.map(eventFromSql)) found.set(eventName(stored, row.id), row);
  }
  return found;
}

const sets = eventColumnNames
  .filter((name) => name !== 'id')
  .map((name) => `${name} = v.${name}`)
  .join(', ');

function writeReplaced(
  work: Work,
  replaced: Map<string, readonly [StoredSession, EventRow]>,
): Promise<unknown> | null {
  if (replaced.size === 0) return null;
  const rows = [...replaced.values()].map(([stored, row]) => [
    ...keyOf(stored),
    ...eventValues(row),
  ]);
  replaced.clear();
  const { from, values } = unnest(columns, rows);
  return work.run(
    `UPDATE events AS e SET ${sets} FROM ${from}
     WHERE e.org_id = v.org_id AND e.session_id = v.session_id AND e.id = v.id`,
    values,
  );
}
