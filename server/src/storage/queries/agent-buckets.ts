import type { SessionFilter } from '@niitaka/core/session/session-filter.ts';
import { sql } from 'kysely';
import type { AgentBucket } from '../session-reader.ts';
import { listConditions } from './list-sessions.ts';
import { cutRange, filteredSource, inKnownEnvironments, rollupConditions } from './range-totals.ts';
import { allOf, type Runner } from './runner.ts';
import { contextFor, isPlainFilter } from './session-conditions.ts';

const dayMs = 86_400_000;

interface AgentsSql {
  readonly start: bigint;
  readonly agents: bigint;
}

/**
 * Distinct agents by bucket of the start, for a sparkline: whole days come from the daily roll-ups, ragged days count
 * as whole; narrower buckets are read from the sessions.
 */
export async function agentBuckets(
  runner: Runner,
  orgId: string,
  filter: SessionFilter,
  bucketMs: number,
  nowMs: number,
): Promise<AgentBucket[]> {
  if (filter.words?.length === 0) return [];
  const unit = sql.lit(bucketMs);
  const isRolledUp = isPlainFilter(filter) && bucketMs % dayMs === 0;
  const { fromMs, toMs } = filter;
  const days = cutRange(floorDay(fromMs), toMs === undefined ? undefined : toMs + dayMs - 1, dayMs);
  const whole = days.whole ?? { fromMs: null, toMs: null };
  const known = await inKnownEnvironments(runner, orgId, filter);
  const query = isRolledUp
    ? sql`select (day / ${unit}) * ${unit} as start, count(distinct agent_id) as agents from rollup_agent_days
        where ${allOf(rollupConditions(runner, orgId, filter, 'day', whole))}
          and agent_id <> '' and sessions > 0 group by 1 order by 1`
    : sql`select (s.started_at / ${unit}) * ${unit} as start, count(distinct s.agent_id) as agents
        from ${filteredSource(orgId, filter)}
        where ${allOf(listConditions(known, await contextFor(runner, orgId, filter, nowMs)))} group by 1 order by 1`;
  const rows = await runner.all<AgentsSql>(query);
  return rows.map((row) => ({ startMs: Number(row.start), agents: Number(row.agents) }));
}

function floorDay(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.floor(ms / dayMs) * dayMs;
}
