import type { ReadMarkReader, ReadMarkTx } from '../read-mark-tx.ts';
import { uuidBlob } from '../sqlite/uuid-blob.ts';
import type { Statements } from './statements.ts';

/** The writes of what people have read, the same text on every engine. */
export function readMarkWrites(db: Statements): ReadMarkTx {
  const move = db.prepare<unknown>(
    `UPDATE people SET signals_read_at = ?
     WHERE org_id = ? AND id = ? AND coalesce(signals_read_at, -1) < ? RETURNING id`,
  );
  return {
    async markSignalsRead(orgId, personId, untilMs) {
      const moved = await move.get(untilMs, uuidBlob(orgId), uuidBlob(personId), untilMs);
      return moved !== undefined;
    },
  };
}

/** The reads of what people have read, the same text on every engine. */
export function readMarkReads(db: Statements): ReadMarkReader {
  const mark = db.prepare<{ signals_read_at: number | null; created_at: number }>(
    'SELECT signals_read_at, created_at FROM people WHERE org_id = ? AND id = ?',
  );
  // The signal that a policy acted repeats the one of its act.
  const unread = db.prepare<{ unread: number }>(
    `SELECT count(*) AS unread FROM
       (SELECT 1 FROM signals WHERE org_id = ? AND occurred_at > ?
          AND subtype <> 'policy_triggered' LIMIT ?) AS counted`,
  );
  return {
    async readMark(orgId, personId, limit) {
      const person = await mark.get(uuidBlob(orgId), uuidBlob(personId));
      if (person === undefined) return null;
      const untilMs = person.signals_read_at ?? person.created_at;
      const row = await unread.get(uuidBlob(orgId), untilMs, limit);
      return { untilMs, unread: row?.unread ?? 0 };
    },
  };
}
