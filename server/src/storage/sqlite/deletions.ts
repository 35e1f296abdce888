import type { DayDelta, SessionTx, StoredSession } from '../session-tx.ts';
import type { Connection } from './connection.ts';
import { hashOf } from './sessions.ts';
import { uuidBlob } from './uuid-blob.ts';

type Part = Pick<SessionTx, 'dayCountsOf' | 'deleteSessions' | 'deleteAgent'>;

/** The removal of whole sessions, and of agents. */
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
  const ofAgent = agentTables.map(
    ([table, column]) =>
      [table, db.prepare(`DELETE FROM ${table} WHERE org_id = ? AND ${column} = ?`)] as const,
  );
  return {
    async dayCountsOf(stored) {
      return stored.flatMap(({ key, session: { environment, agentId } }) =>
        days.all(key).map(({ day, cost, steps }): DayDelta => ({
          environment,
          agentId,
          dayMs: Number(day),
          costNanoUsd: cost,
          steps: Number(steps),
        })),
      );
    },
    async deleteSessions(orgId, stored, nowMs) {
      const org = uuidBlob(orgId);
      const removed: Record<string, number> = {};
      for (const one of stored) {
        const { id, agentId } = one.session;
        removeRows(org, one, (table, rows) => {
          removed[table] = (removed[table] ?? 0) + rows;
        });
        if (agentId !== null) leaveAgent.run({ org, agent: agentId });
        remember.run(org, hashOf(id), nowMs);
      }
      return removed;
    },
    async deleteAgent(orgId, agentId) {
      const org = uuidBlob(orgId);
      return Object.fromEntries(
        ofAgent.map(([table, remove]) => [table, remove.run(org, agentId).changes]),
      );
    },
  };
}

/** Tables that name an agent, and the column in which they do; sessions and signals go before. */
export const agentTables = [
  ['rollup_agent_days', 'agent_id'],
  ['day_totals', 'agent_id'],
  ['agent_versions', 'agent_id'],
  ['agents', 'id'],
] as const;

type OnRemoved = (table: string, rows: number) => void;

function rowRemoval(
  db: Connection,
): (org: Buffer, stored: StoredSession, onRemoved: OnRemoved) => void {
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
  const byKey = ['events', 'senders', 'sessions'].map(
    (table) => [table, db.prepare(`DELETE FROM ${table} WHERE session_key = ?`)] as const,
  );
  // A deleted root's children stay in its tree: its totals go only when nothing is left in them.
  const byId = removalsById.map(
    ([table, where]) =>
      [table, db.prepare(`DELETE FROM ${table} WHERE org_id = ? AND ${where}`)] as const,
  );
  return (org, stored, onRemoved) => {
    const indexed = goal.get(stored.key);
    if (indexed !== undefined && indexed.words !== '') {
      unindexWholly.run();
      unindex.run(stored.key, indexed.org, indexed.words);
      onRemoved('goal_search', 1);
    }
    const id = uuidBlob(stored.session.id);
    onRemoved('session_tags', tags.run(stored.key).changes);
    for (const [table, statement] of byKey) onRemoved(table, statement.run(stored.key).changes);
    for (const [table, statement] of byId) onRemoved(table, statement.run(org, id).changes);
  };
}

const removalsById = [
  ['decision_traces', 'session_id = ?'],
  ['control_commands', 'session_id = ?'],
  [
    'changes',
    `kind = 'signal' AND row_id IN (
       SELECT id FROM signals WHERE signals.org_id = changes.org_id AND subject_id = ?)`,
  ],
  ['signals', 'subject_id = ?'],
  ['budget_leases', 'root_session_id = ?'],
  ['reroots', 'session_id = ?'],
  ['tree_totals', 'root_session_id = ? AND sessions = 0'],
  ['changes', `kind = 'session' AND row_id = ?`],
] as const;
