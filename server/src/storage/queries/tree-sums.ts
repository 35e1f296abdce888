import type { Session } from '@niitaka/core/session/session.ts';
import { sql } from 'kysely';
import type { TreeSums } from '../session-reader.ts';
import { listOfValues, toNumber, valuesInList, type Runner } from './runner.ts';
import {
  beginWalk,
  summedDescendants,
  sumsOfWalk,
  walkDown,
  type WalkedNode,
} from './walk-tree.ts';

interface TotalsSql {
  readonly root_session_id: unknown;
  readonly sessions: bigint;
  readonly running: bigint;
  readonly total_cost: bigint;
  readonly late_cost: bigint;
  readonly total_tokens: bigint;
  readonly step_count: bigint;
  readonly error_count: bigint;
  readonly unpriced_count: bigint;
}

/** Sums over each session and what lies below it: roots from their totals, inner ones level by level (S9). */
export async function treeSums(
  runner: Runner,
  orgId: string,
  sessions: readonly Session[],
): Promise<ReadonlyMap<string, TreeSums>> {
  const isRoot = (session: Session) => session.rootSessionId === session.id;
  const inner = sessions.filter((session) => !isRoot(session));
  const roots = sessions.filter(isRoot).map((session) => session.id);
  const sums = new Map(await rootSums(runner, orgId, roots));
  for (const [id, sum] of await innerSums(runner, orgId, inner)) sums.set(id, sum);
  return sums;
}

/** Sums over whole trees, kept up to date by every write. */
export async function rootSums(
  runner: Runner,
  orgId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, TreeSums>> {
  const sums = new Map<string, TreeSums>();
  for (let from = 0; from < ids.length; from += valuesInList) {
    const some = ids.slice(from, from + valuesInList).map((id) => runner.id(id));
    const rows = await runner.all<TotalsSql>(
      sql`select root_session_id, sum(sessions) as sessions, sum(running) as running, sum(total_cost) as total_cost,
          sum(late_cost) as late_cost, sum(total_tokens) as total_tokens, sum(step_count) as step_count,
          sum(error_count) as error_count, sum(unpriced_count) as unpriced_count
        from tree_totals where org_id = ${runner.id(orgId)} and root_session_id in (${listOfValues(some)})
        group by root_session_id`,
    );
    for (const row of rows) sums.set(runner.uuid(row.root_session_id), totalsOf(row));
  }
  return sums;
}

/** All at once within one budget; where that is not enough, each alone with a budget of its own. */
async function innerSums(
  runner: Runner,
  orgId: string,
  sessions: readonly Session[],
): Promise<ReadonlyMap<string, TreeSums>> {
  if (sessions.length === 0) return new Map();
  const ids = sessions.map((session) => session.id);
  const tree = beginWalk(sessions.map(nodeOf));
  await walkDown(runner, orgId, tree, ids, summedDescendants);
  const sums = sumsOfWalk(tree);
  for (const session of sessions) {
    if (sessions.length === 1 || sums.get(session.id)?.truncated !== true) continue;
    const alone = beginWalk([nodeOf(session)]);
    await walkDown(runner, orgId, alone, [session.id], summedDescendants);
    const sum = sumsOfWalk(alone).get(session.id);
    if (sum !== undefined) sums.set(session.id, sum);
  }
  return new Map([...sums].filter(([id]) => ids.includes(id)));
}

/** A session as a walk begins with it. */
export function nodeOf(session: Session): WalkedNode {
  return {
    id: session.id,
    childCount: session.childCount,
    figures: {
      sessions: 1,
      running: session.status === 'running' ? 1 : 0,
      totalCostNanoUsd: session.totalCostNanoUsd,
      lateCostNanoUsd: session.lateCostNanoUsd,
      totalTokens: session.inputTokens + session.outputTokens,
      stepCount: session.stepCount,
      errorCount: session.errorCount,
      unpricedCount: session.unpricedCount,
    },
  };
}

function totalsOf(row: TotalsSql): TreeSums {
  return {
    sessions: toNumber(row.sessions),
    running: toNumber(row.running),
    totalCostNanoUsd: row.total_cost,
    lateCostNanoUsd: row.late_cost,
    totalTokens: toNumber(row.total_tokens),
    stepCount: toNumber(row.step_count),
    errorCount: toNumber(row.error_count),
    unpricedCount: toNumber(row.unpriced_count),
    truncated: false,
  };
}
