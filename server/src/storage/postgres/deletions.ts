import type { SessionTx } from '../session-tx.ts';
import { uuidBlob } from '../sqlite/uuid-blob.ts';
import { keyOf } from './owned-session.ts';
import { hashOf } from './sessions.ts';
import type { Work } from './work.ts';

type Part = Pick<SessionTx, 'dayCountsOf' | 'deleteSession'>;

/** What is removed with a session, by organisation and id. A deleted root's children stay in its tree. */
const removals = [
  'DELETE FROM session_tags WHERE org_id = $1 AND session_id = $2 AND started_at = (SELECT started_at FROM sessions WHERE org_id = $1 AND id = $2)',
  'DELETE FROM events WHERE org_id = $1 AND session_id = $2',
  'DELETE FROM senders WHERE org_id = $1 AND session_id = $2',
  'DELETE FROM decision_traces WHERE org_id = $1 AND session_id = $2',
  'DELETE FROM control_commands WHERE org_id = $1 AND session_id = $2',
  `DELETE FROM changes WHERE org_id = $1 AND kind = 'signal' AND row_id IN (
     SELECT id FROM signals WHERE org_id = $1 AND subject_id = $2)`,
  'DELETE FROM signals WHERE org_id = $1 AND subject_id = $2',
  'DELETE FROM budget_leases WHERE org_id = $1 AND root_session_id = $2',
  'DELETE FROM reroots WHERE org_id = $1 AND session_id = $2',
  'DELETE FROM tree_totals WHERE org_id = $1 AND root_session_id = $2 AND sessions = 0',
  `DELETE FROM changes WHERE org_id = $1 AND kind = 'session' AND row_id = $2`,
  'DELETE FROM sessions WHERE org_id = $1 AND id = $2',
];

/** The removal of whole sessions. */
export function deletionWrites(work: Work): Part {
  return {
    async dayCountsOf(stored) {
      await work.flushOwn();
      const rows = await work.sums<{ day: bigint; cost: bigint; steps: bigint }>(
        `SELECT started_at - ((started_at % 86400000) + 86400000) % 86400000 AS day,
           sum(coalesce(cost, 0)) AS cost, count(*) FILTER (WHERE type IN ('llm', 'tool')) AS steps
         FROM events WHERE org_id = $1 AND session_id = $2 AND state <> 1 AND after_end = 0 GROUP BY 1`,
        keyOf(stored),
      );
      const { environment, agentId } = stored.session;
      return rows.map(({ day, cost, steps }) => ({
        environment,
        agentId,
        dayMs: Number(day),
        costNanoUsd: cost,
        steps: Number(steps),
      }));
    },
    async deleteSession(orgId, stored, nowMs) {
      await work.flush();
      const { id, agentId } = stored.session;
      for (const text of removals) await work.run(text, keyOf(stored));
      if (agentId !== null) {
        await work.run(
          `UPDATE agents SET session_count = session_count - 1, last_started_at =
             (SELECT max(started_at) FROM sessions WHERE org_id = $1 AND agent_id = $2)
           WHERE org_id = $1 AND id = $2`,
          [uuidBlob(orgId), agentId],
        );
      }
      await work.run(
        `INSERT INTO deleted_sessions (org_id, id_hash, deleted_at) VALUES ($1, $2, $3)
         ON CONFLICT (org_id, id_hash) DO UPDATE SET deleted_at = excluded.deleted_at`,
        [uuidBlob(orgId), hashOf(id), nowMs],
      );
    },
  };
}
