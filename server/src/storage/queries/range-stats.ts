import type { SessionFilter } from '@niitaka/core/session/session-filter.ts';
import { sql } from 'kysely';
import type { AgentBucket, RangeBucket, RangeStats } from '../session-reader.ts';
import { agentBuckets } from './agent-buckets.ts';
import { bucketOf } from './bucket-of.ts';
import type { HourAgents } from './hour-agents.ts';
import { listConditions } from './list-sessions.ts';
import { rangeBuckets } from './range-buckets.ts';
import { figuresSource } from './figures-source.ts';
import { inKnownEnvironments, rangeTotals, runningTotals, totalsOf } from './range-totals.ts';
import { allOf, toNumber, type Runner } from './runner.ts';
import { contextFor, isPlainFilter } from './session-conditions.ts';

/** Totals, buckets and agents of a range at once: with filters that no roll-up knows, from one pass over its sessions. */
export async function rangeStats(
  runner: Runner,
  orgId: string,
  filter: SessionFilter,
  bucketMs: number,
  agentMs: number,
  nowMs: number,
  hourAgents: HourAgents,
): Promise<RangeStats> {
  if (isPlainFilter(filter) || filter.words?.length === 0) {
    return {
      totals: await rangeTotals(runner, orgId, filter, nowMs),
      buckets: await rangeBuckets(runner, orgId, filter, bucketMs, nowMs),
      agents: await agentBuckets(runner, orgId, filter, agentMs, nowMs, hourAgents),
    };
  }
  const cells = await cellsOf(runner, orgId, filter, bucketMs, nowMs);
  const running = await runningTotals(runner, orgId, filter, nowMs);
  const agents = new Set(cells.flatMap((cell) => cell.agent_id ?? []));
  return {
    totals: totalsOf(cells, running, agents.size),
    buckets: bucketsOf(cells),
    agents: agentsOf(cells, agentMs),
  };
}

/** The figures of one agent in one bucket. */
interface CellSql {
  readonly start: bigint;
  readonly agent_id: string | null;
  readonly sessions: bigint;
  readonly with_errors: bigint;
  readonly stale: bigint;
  readonly running: bigint;
  readonly cost: bigint;
  readonly late_cost: bigint;
  readonly unpriced: bigint;
  readonly incomplete: bigint;
}

async function cellsOf(
  runner: Runner,
  orgId: string,
  filter: SessionFilter,
  bucketMs: number,
  nowMs: number,
): Promise<CellSql[]> {
  const known = await inKnownEnvironments(runner, orgId, filter);
  const source = await figuresSource(runner, orgId, known);
  const context = await contextFor(runner, orgId, source.filter, nowMs);
  const all = [...listConditions(source.filter, context), ...source.conditions];
  return runner.all<CellSql>(
    sql`select ${bucketOf(sql`s.started_at`, bucketMs)} as start, s.agent_id, count(*) as sessions,
        count(*) filter (where s.error_count > 0) as with_errors, count(*) filter (where s.status = 'stale') as stale,
        count(*) filter (where s.status = 'running') as running, sum(s.total_cost) as cost, sum(s.late_cost) as late_cost,
        sum(s.unpriced_count) as unpriced, sum(s.incomplete) as incomplete
      from ${source.from} where ${allOf(all)} group by 1, 2 order by 1`,
  );
}

function bucketsOf(cells: readonly CellSql[]): RangeBucket[] {
  const buckets = new Map<bigint, RangeBucket>();
  for (const cell of cells) {
    const known = buckets.get(cell.start);
    buckets.set(cell.start, {
      startMs: Number(cell.start),
      sessions: (known?.sessions ?? 0) + toNumber(cell.sessions),
      withErrors: (known?.withErrors ?? 0) + toNumber(cell.with_errors),
      stale: (known?.stale ?? 0) + toNumber(cell.stale),
      running: (known?.running ?? 0) + toNumber(cell.running),
      costNanoUsd: (known?.costNanoUsd ?? 0n) + cell.cost,
    });
  }
  return [...buckets.values()];
}

function agentsOf(cells: readonly CellSql[], agentMs: number): AgentBucket[] {
  const agents = new Map<number, Set<string>>();
  for (const { start, agent_id: agentId } of cells) {
    const startMs = Math.floor(Number(start) / agentMs) * agentMs;
    const known = agents.get(startMs) ?? new Set<string>();
    if (agentId !== null) known.add(agentId);
    agents.set(startMs, known);
  }
  return [...agents].map(([startMs, ids]) => ({ startMs, agents: ids.size }));
}
