import type { SessionTx } from '../session-tx.ts';
import type { Connection } from './connection.ts';
import { uuidBlob } from './uuid-blob.ts';

type Part = Pick<SessionTx, 'noteLost' | 'forgetExpired'>;

/** What is kept for a time only. */
export function expiryWrites(db: Connection): Part {
  const note = db.prepare(
    `INSERT INTO lost_records (org_id, sender, reason, lost, told_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET lost = max(lost, excluded.lost), told_at = excluded.told_at`,
  );
  const changes = db.prepare(
    `DELETE FROM changes WHERE (org_id, kind, row_id) IN
       (SELECT org_id, kind, row_id FROM changes WHERE kind = 'deleted' AND changed_at < ? LIMIT ?)`,
  );
  const deleted = db.prepare(
    `DELETE FROM deleted_sessions WHERE (org_id, id_hash) IN
       (SELECT org_id, id_hash FROM deleted_sessions WHERE deleted_at < ? LIMIT ?)`,
  );
  const lost = db.prepare(
    `DELETE FROM lost_records WHERE (org_id, sender, reason) IN
       (SELECT org_id, sender, reason FROM lost_records WHERE told_at < ? LIMIT ?)`,
  );
  const leases = db.prepare(
    `DELETE FROM budget_leases WHERE (org_id, root_session_id, sender) IN
       (SELECT org_id, root_session_id, sender FROM budget_leases WHERE expires_at < ? LIMIT ?)`,
  );
  return {
    async noteLost(orgId, sender, counts, nowMs) {
      const org = uuidBlob(orgId);
      for (const [reason, count] of Object.entries(counts)) {
        note.run(org, uuidBlob(sender), reason, count, nowMs);
      }
    },
    async forgetExpired(before, limit) {
      return (
        changes.run(before.deletionChangesMs, limit).changes +
        deleted.run(before.deletedSessionsMs, limit).changes +
        lost.run(before.lostRecordsMs, limit).changes +
        leases.run(before.budgetLeasesMs, limit).changes
      );
    },
  };
}
