import type { SessionFilter } from '@niitaka/core/session/session-filter.ts';
import { sql } from 'kysely';
import type { AgentBucket } from '../session-reader.ts';
import { bucketOf } from './bucket-of.ts';
import { figuresSource } from './figures-source.ts';
import { agentsWithin, type HourAgents } from './hour-agents.ts';
import { listConditions } from './list-sessions.ts';
import { cutRange, inKnownEnvironments, rollupConditions } from './range-totals.ts';
import { allOf, type Runner } from './runner.ts';
import { contextFor, isPlainFilter } from './session-conditions.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

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
  hourAgents: HourAgents,
): Promise<AgentBucket[]> {
  if (filter.words?.length === 0) return [];
  if (isPlainFilter(filter) && bucketMs % dayMs !== 0 && bucketMs % hourMs === 0) {
    return fromHours(runner, orgId, filter, bucketMs, hourAgents);
  }
  const isRolledUp = isPlainFilter(filter) && bucketMs % dayMs === 0;
  const { fromMs, toMs } = filter;
  const days = cutRange(floorDay(fromMs), toMs === undefined ? undefined : toMs + dayMs - 1, dayMs);
  const whole = days.whole ?? { fromMs: null, toMs: null };
  const known = await inKnownEnvironments(runner, orgId, filter);
  const source = await figuresSource(runner, orgId, known);
  const context = await contextFor(runner, orgId, source.filter, nowMs);
  const query = isRolledUp
    ? sql`select ${bucketOf(sql`day`, bucketMs)} as start, count(distinct agent_id) as agents from rollup_agent_days
        where ${allOf(rollupConditions(runner, orgId, filter, 'day', whole))}
          and agent_id <> '' and sessions > 0 group by 1 order by 1`
    : sql`select ${bucketOf(sql`s.started_at`, bucketMs)} as start, count(distinct s.agent_id) as agents
        from ${source.from}
        where ${allOf([...listConditions(source.filter, context), ...source.conditions])} group by 1 order by 1`;
  const rows = await runner.all<AgentsSql>(query);
  return rows.map((row) => ({ startMs: Number(row.start), agents: Number(row.agents) }));
}

/** Whole hours as they are kept, ragged ends from the sessions. */
async function fromHours(
  runner: Runner,
  orgId: string,
  filter: SessionFilter,
  bucketMs: number,
  hourAgents: HourAgents,
): Promise<AgentBucket[]> {
  const { whole, edges } = cutRange(filter.fromMs, filter.toMs, hourMs);
  const parts: [number, ReadonlySet<string>][] = [];
  if (whole !== null) parts.push(...(await hourAgents(orgId, filter, whole)));
  for (const edge of edges) {
    parts.push([edge.fromMs, await agentsWithin(runner, orgId, { ...filter, ...edge })]);
  }
  const buckets = new Map<number, Set<string>>();
  for (const [atMs, agents] of parts.toSorted(([a], [b]) => a - b)) {
    const startMs = Math.floor(atMs / bucketMs) * bucketMs;
    const known = buckets.get(startMs) ?? new Set<string>();
    for (const id of agents) known.add(id);
    buckets.set(startMs, known);
  }
  return [...buckets].map(([startMs, agents]) => ({ startMs, agents: agents.size }));
}

function floorDay(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.floor(ms / dayMs) * dayMs;
}
