import type { SessionTx } from '../session-tx.ts';
import { uuidBlob } from '../sqlite/uuid-blob.ts';
import type { Work } from './work.ts';

type Part = Pick<SessionTx, 'noteLost' | 'forgetExpired'>;

/** What is kept of each table for a time only: its key, and what has run out at `$1`. */
const expiring = [
  { table: 'changes', key: 'org_id, kind, row_id', isOver: `kind = 'deleted' AND changed_at < $1` },
  { table: 'deleted_sessions', key: 'org_id, id_hash', isOver: 'deleted_at < $1' },
  { table: 'lost_records', key: 'org_id, sender, reason', isOver: 'told_at < $1' },
  { table: 'budget_leases', key: 'org_id, root_session_id, sender', isOver: 'expires_at < $1' },
] as const;

/** What is kept for a time only. */
export function expiryWrites(work: Work): Part {
  return {
    async noteLost(orgId, sender, counts, nowMs) {
      for (const [reason, count] of Object.entries(counts)) {
        await work.run(
          `INSERT INTO lost_records (org_id, sender, reason, lost, told_at) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (org_id, sender, reason) DO UPDATE SET
             lost = greatest(lost_records.lost, excluded.lost), told_at = excluded.told_at`,
          [uuidBlob(orgId), uuidBlob(sender), reason, count, nowMs],
        );
      }
    },
    async forgetExpired(before, limit) {
      await work.flush();
      const { deletionChangesMs, deletedSessionsMs, lostRecordsMs, budgetLeasesMs } = before;
      const moments = [deletionChangesMs, deletedSessionsMs, lostRecordsMs, budgetLeasesMs];
      let gone = 0;
      for (const [index, { table, key, isOver }] of expiring.entries()) {
        gone += await work.run(
          `DELETE FROM ${table} WHERE (${key}) IN (
             SELECT ${key} FROM ${table} WHERE ${isOver} LIMIT $2)`,
          [moments[index], limit],
        );
      }
      return gone;
    },
  };
}
