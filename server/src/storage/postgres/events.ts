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
import { keyOf, nameOf } from './owned-session.ts';
import { columnsOf, unnest, type Column } from './unnest.ts';
import type { Work } from './work.ts';

type Part = Pick<SessionTx, 'insertEvents' | 'loadEvents' | 'replaceEvents' | 'eventsBeyondEnd'>;

/** Events: inserted at once, replaced together at the end. */
export function eventWrites(work: Work): Part {
  const known = new Map<string, EventRow>();
  const replaced = new Map<string, readonly [StoredSession, EventRow]>();
  work.onFlush('own', () => writeReplaced(work, replaced));
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
      await work.flush('own');
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

const columnNames = columns.map(({ name }) => name).join(', ');

async function insertNew(work: Work, sets: readonly EventSet[]): Promise<boolean[][]> {
  const rows = sets.flatMap(({ stored, rows: own }) => {
    const key = keyOf(stored);
    return own.map((row) => [...key, ...eventValues(row)]);
  });
  if (rows.length === 0) return sets.map(() => []);
  const { from, values } = unnest(columns, rows);
  const inserted = await work.rows<{ name: string }>(
    `INSERT INTO events (${columnNames}) SELECT * FROM ${from} ON CONFLICT DO NOTHING
     RETURNING org_id || '/' || session_id || '/' || id AS name`,
    values,
  );
  const names = new Set(inserted.map((row) => row.name));
  // Of a row that stands there twice the first is the new one.
  return sets.map(({ stored, rows: own }) =>
    own.map((row) => names.delete(eventName(stored, row.id))),
  );
}

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
