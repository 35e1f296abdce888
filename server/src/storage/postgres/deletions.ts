import type { RemovedRows, SessionTx, StoredSession } from '../session-tx.ts';
import { agentTables } from '../sqlite/deletions.ts';
import { uuidBlob, uuidText } from '../sqlite/uuid-blob.ts';
import { orgOf } from './owned-session.ts';
import { hashOf } from './sessions.ts';
import { columnsOf, unnest } from './unnest.ts';
import { arrayText } from './values.ts';
import type { Work } from './work.ts';

type Part = Pick<SessionTx, 'dayCountsOf' | 'deleteSessions' | 'deleteAgent'>;

/** What is removed with sessions, by organisation and ids. A deleted root's children stay in its tree. */
const removals = [
  ['events', 'session_id = ANY($2::uuid[])'],
  ['senders', 'session_id = ANY($2::uuid[])'],
  ['decision_traces', 'session_id = ANY($2::uuid[])'],
  ['control_commands', 'session_id = ANY($2::uuid[])'],
  [
    'changes',
    `kind = 'signal' AND row_id IN (
       SELECT id FROM signals WHERE org_id = $1 AND subject_id = ANY($2::uuid[]))`,
  ],
  ['signals', 'subject_id = ANY($2::uuid[])'],
  ['budget_leases', 'root_session_id = ANY($2::uuid[])'],
  ['reroots', 'session_id = ANY($2::uuid[])'],
  ['tree_totals', 'root_session_id = ANY($2::uuid[]) AND sessions = 0'],
  ['changes', `kind = 'session' AND row_id = ANY($2::uuid[])`],
  ['sessions', 'id = ANY($2::uuid[])'],
] as const;

/** The removal of whole sessions, and of agents. */
export function deletionWrites(work: Work): Part {
  return {
    async dayCountsOf(stored) {
      await work.flushOwn();
      const orgs = Map.groupBy(stored, (one) => orgOf(one));
      const found = await Promise.all([...orgs].map(([orgId, own]) => dayCounts(work, orgId, own)));
      return found.flat();
    },
    async deleteSessions(orgId, stored, nowMs) {
      await work.flush();
      const org = uuidBlob(orgId);
      const ids = arrayText(
        stored.map(({ session }) => session.id),
        'uuid',
      );
      const removed: Record<string, number> = { session_tags: await removeTags(work, org, ids) };
      for (const [table, where] of removals) {
        const rows = await work.run(`DELETE FROM ${table} WHERE org_id = $1 AND ${where}`, [
          org,
          ids,
        ]);
        removed[table] = (removed[table] ?? 0) + rows;
      }
      await leaveAgents(work, org, stored);
      const hashes = unnest(
        [{ name: 'id_hash', type: 'bytea' }],
        stored.map(({ session }) => [hashOf(session.id)]),
        3,
      );
      await work.run(
        `INSERT INTO deleted_sessions (org_id, id_hash, deleted_at) SELECT $1, id_hash, $2::bigint FROM ${hashes.from}
         ON CONFLICT (org_id, id_hash) DO UPDATE SET deleted_at = excluded.deleted_at`,
        [org, nowMs, ...hashes.values],
      );
      return removed;
    },
    async deleteAgent(orgId, agentId) {
      await work.flush();
      const removed: Record<string, number> = {};
      for (const [table, column] of agentTables) {
        const text = `DELETE FROM ${table} WHERE org_id = $1 AND ${column} = $2`;
        removed[table] = await work.run(text, [uuidBlob(orgId), agentId]);
      }
      return removed satisfies RemovedRows;
    },
  };
}

async function dayCounts(work: Work, orgId: string, stored: readonly StoredSession[]) {
  const rows = await work.sums<{ id: Buffer; day: bigint; cost: bigint; steps: bigint }>(
    `SELECT session_id AS id, started_at - ((started_at % 86400000) + 86400000) % 86400000 AS day,
       sum(coalesce(cost, 0)) AS cost, count(*) FILTER (WHERE type IN ('llm', 'tool')) AS steps
     FROM events WHERE org_id = $1 AND session_id = ANY($2::uuid[]) AND state <> 1 AND after_end = 0 GROUP BY 1, 2`,
    [
      uuidBlob(orgId),
      arrayText(
        stored.map(({ session }) => session.id),
        'uuid',
      ),
    ],
  );
  const sessions = new Map(stored.map(({ session }) => [session.id, session]));
  return rows.flatMap(({ id, day, cost, steps }) => {
    const session = sessions.get(uuidText(id));
    if (session === undefined) return [];
    const { environment, agentId } = session;
    return [{ environment, agentId, dayMs: Number(day), costNanoUsd: cost, steps: Number(steps) }];
  });
}

/** The tags of a session are in its row: their own rows are found by the whole key. */
async function removeTags(work: Work, org: Buffer, ids: string): Promise<number> {
  const sessions = await work.rows<{ id: Buffer; started_at: number; tags: string }>(
    'SELECT id, started_at, tags FROM sessions WHERE org_id = $1 AND id = ANY($2::uuid[]) AND tags IS NOT NULL',
    [org, ids],
  );
  const rows = sessions.flatMap(({ id, started_at: startedAt, tags }) =>
    Object.entries(JSON.parse(tags) as Record<string, string>).map(([key, value]) => [
      key,
      value,
      startedAt,
      id,
    ]),
  );
  if (rows.length === 0) return 0;
  const columns = [
    ...columnsOf('text', ['key', 'value']),
    ...columnsOf('bigint', ['started_at']),
    ...columnsOf('uuid', ['session_id']),
  ];
  const { from, values } = unnest(columns, rows, 2);
  return work.run(
    `DELETE FROM session_tags AS t USING ${from} WHERE t.org_id = $1 AND t.key = v.key AND t.value = v.value
       AND t.started_at = v.started_at AND t.session_id = v.session_id`,
    [org, ...values],
  );
}

/** INVARIANT: in the order of their ids, as every transaction locks agents. */
async function leaveAgents(
  work: Work,
  org: Buffer,
  stored: readonly StoredSession[],
): Promise<void> {
  const agents = Map.groupBy(stored, ({ session }) => session.agentId);
  for (const agentId of [...agents.keys()].filter((one) => one !== null).toSorted()) {
    await work.run(
      `UPDATE agents SET session_count = session_count - $3, last_started_at =
         (SELECT max(started_at) FROM sessions WHERE org_id = $1 AND agent_id = $2)
       WHERE org_id = $1 AND id = $2`,
      [org, agentId, agents.get(agentId)?.length ?? 0],
    );
  }
}
