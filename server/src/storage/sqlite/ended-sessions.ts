import type { SessionTx } from '../session-tx.ts';
import type { Connection } from './connection.ts';
import { uuidBlob, uuidText } from './uuid-blob.ts';

type Part = Pick<
  SessionTx,
  'environmentsSeen' | 'endedSessionIds' | 'countEnded' | 'sessionIdsOfAgent'
>;

/** Which sessions are to be removed. */
export function endedSessions(db: Connection): Part {
  const environments = db.prepare<[], [Buffer, string]>(
    'SELECT org_id, name FROM environments ORDER BY org_id, name',
  );
  // Whoever ended before a moment started before it: the index by start serves.
  const where = 'org_id = ? AND environment = ? AND started_at < ? AND ended_at < ?';
  const ended = db
    .prepare<[Buffer, string, number, number, number], Buffer>(
      `SELECT id FROM sessions WHERE ${where} ORDER BY started_at, id LIMIT ?`,
    )
    .pluck();
  const count = db.prepare<[Buffer, string, number, number], { sessions: number; events: number }>(
    `SELECT count(*) AS sessions, coalesce(sum(event_count), 0) AS events FROM sessions WHERE ${where}`,
  );
  const agent = db.prepare('SELECT 1 FROM agents WHERE org_id = ? AND id = ?').pluck();
  const ofAgent = db
    .prepare<[Buffer, string, number], Buffer>(
      'SELECT id FROM sessions WHERE org_id = ? AND agent_id = ? ORDER BY started_at, id LIMIT ?',
    )
    .pluck();
  return {
    async environmentsSeen() {
      const rows = environments.raw().all();
      return rows.map(([org, name]) => ({ orgId: uuidText(org), name }));
    },
    async endedSessionIds(orgId, environment, beforeMs, limit) {
      return ended.all(uuidBlob(orgId), environment, beforeMs, beforeMs, limit).map(uuidText);
    },
    async countEnded(orgId, environment, beforeMs) {
      return (
        count.get(uuidBlob(orgId), environment, beforeMs, beforeMs) ?? { sessions: 0, events: 0 }
      );
    },
    async sessionIdsOfAgent(orgId, agentId, limit) {
      const org = uuidBlob(orgId);
      if (agent.get(org, agentId) === undefined) return null;
      return ofAgent.all(org, agentId, limit).map(uuidText);
    },
  };
}
