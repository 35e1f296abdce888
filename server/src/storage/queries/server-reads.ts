import type { ServerReader } from '../server-reader.ts';
import type { Statements } from './statements.ts';

/** The reads of the server as a whole; `bytesSql` gives the size of the database as `bytes`. */
export function serverReads(db: Statements, bytesSql: string): ServerReader {
  const size = db.prepare<{ bytes: number }>(bytesSql);
  const job = db.prepare<{ at: number | null }>(
    'SELECT last_ran_at AS at FROM jobs WHERE name = ?',
  );
  const lost = db.prepare<{ reason: string; lost: number }>(
    `SELECT reason, sum(lost) AS lost FROM lost_records
     GROUP BY reason ORDER BY sum(lost) DESC, reason LIMIT ?`,
  );
  return {
    async storageBytes() {
      return (await size.get())?.bytes ?? 0;
    },
    async lastJobRunMs(name) {
      return (await job.get(name))?.at ?? null;
    },
    async lostRecordsOfAll(limit) {
      const rows = await lost.all(limit);
      return Object.fromEntries(rows.map(({ reason, lost: count }) => [reason, count]));
    },
  };
}
