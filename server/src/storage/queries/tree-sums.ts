import type { Session } from '@niitaka/core/session/session.ts';
import { sql } from 'kysely';
import type { TreeSums } from '../session-reader.ts';
import { toNumber, type Runner } from './runner.ts';

/** Descendants summed for one call; beyond them the sums say that they are cut short (S9). */
export const summedDescendants = 10_000;

interface FiguresSql {
  readonly sessions: bigint | null;
  readonly running: bigint | null;
  readonly total_cost: bigint | null;
  readonly late_cost: bigint | null;
  readonly total_tokens: bigint | null;
  readonly step_count: bigint | null;
  readonly error_count: bigint | null;
  readonly unpriced_count: bigint | null;
}

/** Sums over each session and what lies below it: roots from their totals, inner ones level by level (S9). */
export async function treeSums(
  runner: Runner,
  orgId: string,
  sessions: readonly Session[],
): Promise<ReadonlyMap<string, TreeSums>> {
  const sums = new Map<string, TreeSums>();
  const inner: Session[] = [];
  for (const session of sessions) {
    if (session.rootSessionId === session.id)
      sums.set(session.id, await rootSums(runner, orgId, session.id));
    else inner.push(session);
  }
  for (const session of inner) sums.set(session.id, await innerSums(runner, orgId, session));
  return sums;
}

async function rootSums(runner: Runner, orgId: string, id: string): Promise<TreeSums> {
  const [row] = await runner.all<FiguresSql>(
    sql`select sum(sessions) as sessions, sum(running) as running, sum(total_cost) as total_cost,
          sum(late_cost) as late_cost, sum(total_tokens) as total_tokens, sum(step_count) as step_count,
          sum(error_count) as error_count, sum(unpriced_count) as unpriced_count
        from tree_totals where org_id = ${runner.id(orgId)} and root_session_id = ${runner.id(id)}`,
  );
  return figuresOf(row);
}

interface NodeSql extends FiguresSql {
  readonly id: unknown;
}

async function innerSums(runner: Runner, orgId: string, session: Session): Promise<TreeSums> {
  let level: unknown[] = [runner.id(session.id)];
  let total = ownFigures(session);
  let left = summedDescendants;
  while (level.length > 0 && left > 0) {
    const rows = await runner.all<NodeSql>(
      sql`select id, 1 as sessions, status = 'running' as running, total_cost, late_cost, total_tokens, step_count,
            error_count, unpriced_count from sessions
          where org_id = ${runner.id(orgId)} and parent_session_id in (${sql.join(level)}) limit ${left}`,
    );
    left -= rows.length;
    for (const row of rows) total = addFigures(total, figuresOf(row));
    level = rows.filter(() => left > 0).map((row) => row.id);
  }
  return { ...total, truncated: left <= 0 };
}

function ownFigures(session: Session): TreeSums {
  return {
    sessions: 1,
    running: session.status === 'running' ? 1 : 0,
    totalCostNanoUsd: session.totalCostNanoUsd,
    lateCostNanoUsd: session.lateCostNanoUsd,
    totalTokens: session.inputTokens + session.outputTokens,
    stepCount: session.stepCount,
    errorCount: session.errorCount,
    unpricedCount: session.unpricedCount,
    truncated: false,
  };
}

function figuresOf(row: FiguresSql | undefined): TreeSums {
  return {
    sessions: toNumber(row?.sessions),
    running: toNumber(row?.running),
    totalCostNanoUsd: row?.total_cost ?? 0n,
    lateCostNanoUsd: row?.late_cost ?? 0n,
    totalTokens: toNumber(row?.total_tokens),
    stepCount: toNumber(row?.step_count),
    errorCount: toNumber(row?.error_count),
    unpricedCount: toNumber(row?.unpriced_count),
    truncated: false,
  };
}

function addFigures(left: TreeSums, right: TreeSums): TreeSums {
  return {
    sessions: left.sessions + right.sessions,
    running: left.running + right.running,
    totalCostNanoUsd: left.totalCostNanoUsd + right.totalCostNanoUsd,
    lateCostNanoUsd: left.lateCostNanoUsd + right.lateCostNanoUsd,
    totalTokens: left.totalTokens + right.totalTokens,
    stepCount: left.stepCount + right.stepCount,
    errorCount: left.errorCount + right.errorCount,
    unpricedCount: left.unpricedCount + right.unpricedCount,
    truncated: left.truncated || right.truncated,
  };
}
