import type { SessionTx } from '../session-tx.ts';
import type { EventRow } from '../event-row.ts';
import type { Connection } from './connection.ts';
import {
  eventColumnNames,
  eventColumns,
  eventFromSql,
  eventValues,
  type EventSql,
} from './event-sql.ts';
import { uuidBlob, uuidBlobOrNull } from './uuid-blob.ts';

type Part = Pick<
  SessionTx,
  'insertEvents' | 'loadEvents' | 'replaceEvents' | 'eventsBeyondEnd' | 'priceId'
>;

/** Events and the prices they were charged by. */
export function eventWrites(db: Connection): Part {
  const marks = eventColumnNames.map(() => '?').join(', ');
  const insert = db.prepare(
    `INSERT INTO events (${eventColumnNames.join(', ')}, session_key) VALUES (${marks}, ?)
     ON CONFLICT DO NOTHING`,
  );
  const load = db.prepare<[number, Buffer], EventSql>(
    `SELECT ${eventColumns} FROM events WHERE session_key = ? AND id = ?`,
  );
  const replace = db.prepare(
    `UPDATE events SET ${eventColumnNames.map((name) => `${name} = ?`).join(', ')}
     WHERE session_key = ? AND id = ?`,
  );
  const beyond = db.prepare<unknown[], EventSql>(
    `SELECT ${eventColumns} FROM events WHERE session_key = @key AND after_end = 0
       AND (started_at > @endedAt OR (sender = @sender AND coalesce(close_seq, seq) > @lastSeq))`,
  );
  const prices = priceIds(db);
  return {
    async insertEvents(sets) {
      return sets.map(({ stored, rows }) =>
        rows.map((row) => insert.run(...eventValues(row), stored.key).changes === 1),
      );
    },
    async loadEvents(stored, ids) {
      const found = new Map<string, EventRow>();
      for (const id of ids) {
        const row = load.get(stored.key, uuidBlob(id));
        if (row !== undefined) found.set(id, eventFromSql(row));
      }
      return found;
    },
    async replaceEvents(stored, rows) {
      for (const row of rows) replace.run(...eventValues(row), stored.key, uuidBlob(row.id));
    },
    async eventsBeyondEnd({ key, session }) {
      const rows = beyond.all({
        key,
        endedAt: session.endedAtMs,
        sender: uuidBlobOrNull(session.endSender),
        lastSeq: session.endLastSeq,
      });
      return rows.map(eventFromSql);
    },
    async priceId(tableVersion, priceJson) {
      return prices(tableVersion, priceJson);
    },
  };
}

/** Known prices kept in memory; beyond this many the cache begins anew. */
const maxCachedPriceIds = 10_000;

function priceIds(db: Connection): (tableVersion: string, priceJson: string) => number {
  const find = db
    .prepare<[string], number>('SELECT id FROM prices_used WHERE fingerprint = ?')
    .pluck();
  const insert = db.prepare(
    'INSERT INTO prices_used (fingerprint, table_version, price) VALUES (?, ?, ?)',
  );
  const cache = new Map<string, number>();
  return (tableVersion, priceJson) => {
    const fingerprint = `${tableVersion}\n${priceJson}`;
    const cached = cache.get(fingerprint);
    if (cached !== undefined) return cached;
    const stored = find.get(fingerprint);
    // INVARIANT: only ids read back are cached: one given in a transaction that rolls back is given again.
    if (stored === undefined) {
      return Number(insert.run(fingerprint, tableVersion, priceJson).lastInsertRowid);
    }
    if (cache.size >= maxCachedPriceIds) cache.clear();
    cache.set(fingerprint, stored);
    return stored;
  };
}
