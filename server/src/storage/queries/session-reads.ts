import type { SessionFilter } from '@niitaka/core/session/session-filter.ts';
import { sql } from 'kysely';
import type { SessionReader, SessionSummary, SessionWhole, TreeNode } from '../session-reader.ts';
import { goalMatch } from './goal-match.ts';
import { listConditions, listSessions } from './list-sessions.ts';
import { allOf, firstRow, toNumber, type Runner, type Sql } from './runner.ts';
import { isPlainFilter } from './session-conditions.ts';
import { rangeTotals } from './range-totals.ts';
import { sendersOf } from './senders-of.ts';
import { summariesOf, summaryColumns, type SummarySql } from './summary-rows.ts';

/** Rows counted for an estimate where no roll-up says it. */
const countedRows = 2_000;

/** Sessions of one tree that are shown. */
const treeNodes = 2_000;

type Part = Pick<
  SessionReader,
  | 'listSessions'
  | 'estimateSessions'
  | 'sessionSummaries'
  | 'sessionWhole'
  | 'sessionTree'
  | 'oldestStart'
>;

/** Reads of sessions themselves. */
export function sessionReads(runner: Runner): Part {
  return {
    listSessions: (orgId, request) => listSessions(runner, orgId, request),
    estimateSessions: (orgId, filter, nowMs) => estimate(runner, orgId, filter, nowMs),
    sessionSummaries: (orgId, ids, nowMs) => summariesById(runner, orgId, ids, nowMs),
    sessionWhole: (orgId, id, nowMs) => sessionWhole(runner, orgId, id, nowMs),
    sessionTree: (orgId, id, depth, nowMs) => sessionTree(runner, orgId, id, depth, nowMs),
    oldestStart: (orgId, filter) => oldestStart(runner, orgId, filter),
  };
}

async function estimate(
  runner: Runner,
  orgId: string,
  filter: SessionFilter,
  nowMs: number,
): Promise<number> {
  if (filter.words?.length === 0) return 0;
  if (isPlainFilter(filter)) return (await rangeTotals(runner, orgId, filter, nowMs)).sessions;
  const conditions = listConditions(filter, { runner, orgId, nowMs, alias: 's' });
  const from =
    filter.words === undefined
      ? sql`sessions as s`
      : sql`goal_search as g cross join sessions as s on s.session_key = g.rowid
          and g.goal_search match ${goalMatch(orgId, filter.words)}`;
  const row = await firstRow<{ count: bigint }>(
    runner,
    sql`select count(*) as count from
      (select 1 from ${from} where ${allOf(conditions)} limit ${countedRows + 1})`,
  );
  return toNumber(row?.count);
}

async function summariesById(
  runner: Runner,
  orgId: string,
  ids: readonly string[],
  nowMs: number,
): Promise<SessionSummary[]> {
  const rows: SummarySql[] = [];
  for (const id of ids) {
    const row = await firstRow<SummarySql>(runner, byId(runner, orgId, id, summaryColumns('s')));
    if (row !== undefined) rows.push(row);
  }
  return summariesOf(runner, orgId, rows, nowMs);
}

function byId(runner: Runner, orgId: string, id: string, columns: Sql): Sql {
  return sql`select ${columns} from sessions as s
    where s.org_id = ${runner.id(orgId)} and s.id = ${runner.id(id)}`;
}

interface WholeSql extends SummarySql {
  readonly metadata: string | null;
  readonly truncated: string | null;
  readonly agent_name: string | null;
}

async function sessionWhole(
  runner: Runner,
  orgId: string,
  id: string,
  nowMs: number,
): Promise<SessionWhole | null> {
  const columns = sql`${summaryColumns('s')}, s.metadata, s.truncated, (
    select a.name from agents as a where a.org_id = s.org_id and a.id = s.agent_id) as agent_name`;
  const row = await firstRow<WholeSql>(runner, byId(runner, orgId, id, columns));
  if (row === undefined) return null;
  const [summary] = await summariesOf(runner, orgId, [row], nowMs);
  if (summary === undefined) return null;
  return {
    ...summary,
    metadata: row.metadata,
    truncated: row.truncated,
    agentName: row.agent_name,
    parent: await parentOf(runner, orgId, summary.session.parentSessionId),
    senders: await sendersOf(runner, row.session_key),
  };
}

async function parentOf(
  runner: Runner,
  orgId: string,
  id: string | null,
): Promise<SessionWhole['parent']> {
  if (id === null) return null;
  const row = await firstRow<{ goal: string | null; agent_id: string | null }>(
    runner,
    byId(runner, orgId, id, sql`s.goal, s.agent_id`),
  );
  return row === undefined ? null : { id, goal: row.goal, agentId: row.agent_id };
}

async function sessionTree(
  runner: Runner,
  orgId: string,
  id: string,
  depth: number,
  nowMs: number,
): Promise<{ nodes: TreeNode[]; truncated: boolean } | null> {
  const [root] = await summariesById(runner, orgId, [id], nowMs);
  if (root === undefined) return null;
  const children = new Map<string, SessionSummary[]>();
  let level: readonly SessionSummary[] = [root];
  let left = treeNodes;
  for (let step = 0; step < depth && level.length > 0 && left > 0; step += 1) {
    const parents = level.filter(({ session }) => session.childCount > 0);
    level = await childrenOf(runner, orgId, parents, left, nowMs);
    left -= level.length;
    for (const child of level) {
      const parent = child.session.parentSessionId ?? '';
      children.set(parent, [...(children.get(parent) ?? []), child]);
    }
  }
  return { nodes: inDepthOrder(root, children), truncated: left <= 0 };
}

async function childrenOf(
  runner: Runner,
  orgId: string,
  parents: readonly SessionSummary[],
  limit: number,
  nowMs: number,
): Promise<readonly SessionSummary[]> {
  if (parents.length === 0) return [];
  const ids = sql.join(parents.map(({ session }) => sql`${runner.id(session.id)}`));
  const rows = await runner.all<SummarySql>(
    sql`select ${summaryColumns('s')} from sessions as s where s.org_id = ${runner.id(orgId)}
      and s.parent_session_id in (${ids}) order by s.started_at desc, s.id desc limit ${limit}`,
  );
  return summariesOf(runner, orgId, rows, nowMs);
}

function inDepthOrder(
  root: SessionSummary,
  children: ReadonlyMap<string, readonly SessionSummary[]>,
): TreeNode[] {
  const nodes: TreeNode[] = [];
  const open: SessionSummary[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const below = children.get(node.session.id) ?? [];
    const hidden = below.length === 0 ? (node.tree?.sessions ?? 1) - 1 : 0;
    nodes.push({ ...node, hidden });
    open.push(...below.toReversed());
  }
  return nodes;
}

async function oldestStart(
  runner: Runner,
  orgId: string,
  filter: SessionFilter,
): Promise<number | null> {
  if (filter.words?.length === 0) return null;
  const { rootOnly: _rootOnly, words: _words, ...plain } = filter;
  const conditions = listConditions(plain, { runner, orgId, nowMs: 0, alias: 's' });
  const row = await firstRow<{ started_at: bigint }>(
    runner,
    sql`select s.started_at from sessions as s where ${allOf(conditions)} order by s.started_at limit 1`,
  );
  return row === undefined ? null : Number(row.started_at);
}
