import type { DayDelta, SessionTx, StoredSession } from '../session-tx.ts';
import type { Connection } from './connection.ts';
import { hashOf } from './sessions.ts';
import { uuidBlob } from './uuid-blob.ts';

type Part = Pick<SessionTx, 'dayCountsOf' | 'deleteSession'>;

/** The removal of whole sessions. */
export function deletionWrites(db: Connection): Part {
  const removeRows = rowRemoval(db);
  const days = db
    .prepare<[number], { day: bigint; cost: bigint; steps: bigint }>(
      `SELECT started_at - ((started_at % 86400000) + 86400000) % 86400000 AS day, sum(coalesce(cost, 0)) AS cost,
         sum(type IN ('llm', 'tool')) AS steps
       FROM events WHERE session_key = ? AND state <> 1 AND after_end = 0 GROUP BY 1`,
    )
    .safeIntegers();
  const leaveAgent = db.prepare(
    `UPDATE agents SET session_count = session_count - 1, last_started_at =
       (SELECT max(started_at) FROM sessions WHERE org_id = @org AND agent_id = @agent)
     WHERE org_id = @org AND id = @agent`,
  );
  const remember = db.prepare(
    'INSERT OR REPLACE INTO deleted_sessions (org_id, id_hash, deleted_at) VALUES (?, ?, ?)',
  );
  return {
    async dayCountsOf({ key, session }) {
      const { environment, agentId } = session;
      return days.all(key).map(({ day, cost, steps }): DayDelta => ({
        environment,
        agentId,
        dayMs: Number(day),
        costNanoUsd: cost,
        steps: Number(steps),
      }));
    },
    async deleteSession(orgId, stored, nowMs) {
      const org = uuidBlob(orgId);
      const { id, agentId } = stored.session;
      removeRows(org, stored);
      if (agentId !== null) leaveAgent.run({ org, agent: agentId });
      remember.run(org, hashOf(id), nowMs);
    },
  };
}

function rowRemoval(db: Connection): (org: Buffer, stored: StoredSession) => void {
  const goal = db.prepare<[number], { org: string; words: string }>(
    'SELECT org, words FROM goal_documents WHERE rowid = ?',
  );
  // Else the words stay in the index until its parts are merged.
  const unindexWholly = db.prepare(
    `INSERT INTO goal_search (goal_search, rank) VALUES ('secure-delete', 1)`,
  );
  const unindex = db.prepare(
    `INSERT INTO goal_search (goal_search, rowid, org, words) VALUES ('delete', ?, ?, ?)`,
  );
  const tags = db.prepare(
    `DELETE FROM session_tags WHERE (org_id, key, value, started_at, session_key) IN (
       SELECT s.org_id, t.key, t.value, s.started_at, s.session_key FROM sessions AS s, json_each(s.tags) AS t
       WHERE s.session_key = ?)`,
  );
  const byKey = ['events', 'senders', 'sessions'].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE session_key = ?`),
  );
  // A deleted root's children stay in its tree: its totals go only when nothing is left in them.
  const byId = [
    'DELETE FROM decision_traces WHERE org_id = ? AND session_id = ?',
    'DELETE FROM control_commands WHERE org_id = ? AND session_id = ?',
    `DELETE FROM changes WHERE org_id = ? AND kind = 'signal' AND row_id IN (
       SELECT id FROM signals WHERE signals.org_id = changes.org_id AND subject_id = ?)`,
    'DELETE FROM signals WHERE org_id = ? AND subject_id = ?',
    'DELETE FROM budget_leases WHERE org_id = ? AND root_session_id = ?',
    'DELETE FROM reroots WHERE org_id = ? AND session_id = ?',
    'DELETE FROM tree_totals WHERE org_id = ? AND root_session_id = ? AND sessions = 0',
    `DELETE FROM changes WHERE org_id = ? AND kind = 'session' AND row_id = ?`,
  ].map((sql) => db.prepare(sql));
  return (org, stored) => {
    const indexed = goal.get(stored.key);
    if (indexed !== undefined && indexed.words !== '') {
      unindexWholly.run();
      unindex.run(stored.key, indexed.org, indexed.words);
    }
    const id = uuidBlob(stored.session.id);
    tags.run(stored.key);
    for (const statement of byKey) statement.run(stored.key);
    for (const statement of byId) statement.run(org, id);
  };
}
