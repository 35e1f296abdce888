import type { SessionTx } from '../session-tx.ts';
import { uuidBlob, uuidText } from '../sqlite/uuid-blob.ts';
import type { Work } from './work.ts';

type Part = Pick<
  SessionTx,
  'environmentsSeen' | 'endedSessionIds' | 'countEnded' | 'sessionIdsOfAgent'
>;

/** Whoever ended before a moment started before it: the index by start serves. */
const where = 'org_id = $1 AND environment = $2 AND started_at < $3 AND ended_at < $3';

/** Which sessions are to be removed. */
export function endedSessions(work: Work): Part {
  const idsOf = async (text: string, values: readonly unknown[]) => {
    const rows = await work.rows<{ id: Buffer }>(text, values);
    return rows.map((row) => uuidText(row.id));
  };
  return {
    async environmentsSeen() {
      const rows = await work.rows<{ org_id: Buffer; name: string }>(
        'SELECT org_id, name FROM environments ORDER BY org_id, name',
      );
      return rows.map((row) => ({ orgId: uuidText(row.org_id), name: row.name }));
    },
    async endedSessionIds(orgId, environment, beforeMs, limit) {
      await work.flushOwn();
      return idsOf(`SELECT id FROM sessions WHERE ${where} ORDER BY started_at, id LIMIT $4`, [
        uuidBlob(orgId),
        environment,
        beforeMs,
        limit,
      ]);
    },
    async countEnded(orgId, environment, beforeMs) {
      await work.flushOwn();
      const [row] = await work.rows<{ sessions: number; events: number }>(
        `SELECT count(*) AS sessions, coalesce(sum(event_count), 0) AS events FROM sessions WHERE ${where}`,
        [uuidBlob(orgId), environment, beforeMs],
      );
      return row ?? { sessions: 0, events: 0 };
    },
    async sessionIdsOfAgent(orgId, agentId, limit) {
      await work.flush();
      const org = uuidBlob(orgId);
      const known = await work.rows('SELECT 1 FROM agents WHERE org_id = $1 AND id = $2', [
        org,
        agentId,
      ]);
      if (known.length === 0) return null;
      return idsOf(
        'SELECT id FROM sessions WHERE org_id = $1 AND agent_id = $2 ORDER BY started_at, id LIMIT $3',
        [org, agentId, limit],
      );
    },
  };
}
