import { judgedSessions, type EndedSession } from '@niitaka/core/agent/agent-status.ts';
import { sql } from 'kysely';
import { nearestRank } from '@niitaka/core/agent/nearest-rank.ts';
import type { AgentCell, AgentFigures, AgentFiguresRequest } from '../agent-rows.ts';
import { bucketOf } from './bucket-of.ts';
import { cutRange, rollupConditions, runningSessions } from './range-totals.ts';
import { allOf, listOfValues, toNumber, type Runner, type Sql } from './runner.ts';

const dayMs = 86_400_000;

/**
 * Figures of agents in a range (S12), each kind in one read for all of them: whole days from the daily roll-ups, the
 * ragged ends and buckets under a day from the sessions; status and durations from the ended sessions by their end.
 */
export async function agentFigures(
  runner: Runner,
  orgId: string,
  request: AgentFiguresRequest,
): Promise<AgentFigures[]> {
  const { agentIds } = request;
  if (agentIds.length === 0) return [];
  const running = await runningOf(runner, orgId, request);
  const cells = await cellsOf(runner, orgId, request);
  const ended = await endedOf(runner, orgId, request);
  return agentIds.map((agentId) => {
    const now = running.get(agentId);
    const over = ended.get(agentId);
    return {
      agentId,
      running: now?.running ?? 0,
      runningInRange: now?.inRange ?? 0,
      lastSeenAtMs: later(now?.lastSeenAtMs ?? null, over?.lastSeenAtMs ?? null),
      ended: over?.ended ?? [],
      durationP95Ms: p95Of(over?.lasted ?? []),
      cells: withDurations(cells.get(agentId) ?? [], over?.lasted ?? [], request.bucketMs),
    };
  });
}

interface RunningSql {
  readonly agent_id: string;
  readonly environment: string;
  readonly running: bigint;
  readonly last_seen_at: bigint;
}

interface Running {
  readonly running: number;
  readonly inRange: number;
  readonly lastSeenAtMs: number;
}

async function runningOf(
  runner: Runner,
  orgId: string,
  { agentIds, range }: AgentFiguresRequest,
): Promise<Map<string, Running>> {
  const rows = await runner.all<RunningSql>(
    sql`${runningSessions(runner, orgId)} select agent_id, environment, count(*) as running,
        max(last_seen_at) as last_seen_at
      from s where agent_id in (${listOfValues(agentIds)}) group by 1, 2`,
  );
  const found = new Map<string, Running>();
  for (const { agent_id: id, environment, running, last_seen_at: seenAt } of rows) {
    const known = found.get(id);
    const isInRange = range.environments?.includes(environment) ?? true;
    found.set(id, {
      running: (known?.running ?? 0) + Number(running),
      inRange: (known?.inRange ?? 0) + (isInRange ? Number(running) : 0),
      lastSeenAtMs: Math.max(known?.lastSeenAtMs ?? 0, Number(seenAt)),
    });
  }
  return found;
}

type Sums = Omit<AgentCell, 'durationP95Ms'>;

interface CellSql {
  readonly agent_id: string;
  readonly start: bigint;
  readonly sessions: bigint;
  readonly with_errors: bigint;
  readonly cost: bigint;
  readonly unpriced: bigint;
  readonly incomplete: bigint;
  readonly steps: bigint;
}

async function cellsOf(
  runner: Runner,
  orgId: string,
  request: AgentFiguresRequest,
): Promise<Map<string, Sums[]>> {
  const { agentIds, range, bucketMs } = request;
  const days = bucketMs % dayMs === 0 ? cutRange(range.fromMs, range.toMs, dayMs) : null;
  const whole = days?.whole ?? null;
  const rows: CellSql[] = [];
  if (whole !== null) {
    const conditions = allOf(rollupConditions(runner, orgId, range, 'day', whole));
    rows.push(
      ...(await runner.all<CellSql>(
        sql`select agent_id, ${bucketOf(sql`day`, bucketMs)} as start, sum(sessions) as sessions,
            sum(with_errors) as with_errors, sum(total_cost) as cost, sum(unpriced) as unpriced,
            sum(incomplete) as incomplete, sum(step_count) as steps
          from rollup_agent_days where ${conditions} and agent_id in (${listOfValues(agentIds)}) group by 1, 2`,
      )),
    );
  }
  for (const edge of days?.edges ?? [range]) {
    rows.push(
      ...(await cellsFromSessions(runner, orgId, { ...request, range: { ...range, ...edge } })),
    );
  }
  return mergeCells(rows);
}

async function cellsFromSessions(
  runner: Runner,
  orgId: string,
  { agentIds, range, bucketMs }: AgentFiguresRequest,
): Promise<CellSql[]> {
  const conditions = [...conditionsOf(runner, orgId, range), runner.inTime(sql`s.session_key`)];
  return runner.all<CellSql>(
    sql`select s.agent_id, ${bucketOf(sql`s.started_at`, bucketMs)} as start, count(*) as sessions,
        count(*) filter (where s.error_count > 0) as with_errors, sum(s.total_cost) as cost,
        sum(s.unpriced_count) as unpriced, sum(s.incomplete) as incomplete, sum(s.step_count) as steps
      from sessions as s where ${allOf(conditions)} and s.agent_id in (${listOfValues(agentIds)}) group by 1, 2`,
  );
}

function mergeCells(rows: readonly CellSql[]): Map<string, Sums[]> {
  const byAgent = Map.groupBy(
    rows.filter(({ sessions }) => sessions > 0n),
    ({ agent_id: id }) => id,
  );
  const merged = new Map<string, Sums[]>();
  for (const [id, parts] of byAgent) {
    const byStart = Map.groupBy(parts, ({ start }) => Number(start));
    const cells = [...byStart].map(([startMs, some]) => cellOf(startMs, some));
    merged.set(
      id,
      cells.toSorted((one, other) => one.startMs - other.startMs),
    );
  }
  return merged;
}

function cellOf(startMs: number, parts: readonly CellSql[]): Sums {
  const sum = (field: Exclude<keyof CellSql, 'agent_id'>) =>
    parts.reduce((total, part) => total + part[field], 0n);
  return {
    startMs,
    sessions: Number(sum('sessions')),
    withErrors: Number(sum('with_errors')),
    costNanoUsd: sum('cost'),
    unpriced: Number(sum('unpriced')),
    incomplete: Number(sum('incomplete')),
    steps: Number(sum('steps')),
  };
}

interface EndedSql {
  readonly id: string;
  readonly ended: string | null;
  readonly lasted: string | null;
}

interface LastedSession {
  readonly startedAtMs: number;
  readonly lastedMs: number;
}

interface Ended {
  readonly ended: readonly EndedSession[];
  readonly lastSeenAtMs: number | null;
  readonly lasted: readonly LastedSession[];
}

const lastEndedFirst = sql`order by s.ended_at desc, s.started_at desc, s.id desc`;

/** Lists within a row are texts: engines agree on little else. */
async function endedOf(
  runner: Runner,
  orgId: string,
  { agentIds, range, durations }: AgentFiguresRequest,
): Promise<Map<string, Ended>> {
  const endedOfAgent = (agentId: Sql) =>
    sql`s.org_id = ${runner.id(orgId)} and s.agent_id = ${agentId} and s.ended_at is not null`;
  const inRange = [...conditionsOf(runner, orgId, range), runner.inTime(sql`s.session_key`)];
  // A session ends no earlier than it starts.
  if (range.fromMs !== undefined) inRange.push(sql`s.ended_at >= ${range.fromMs}`);
  const lists = (agentId: Sql) => sql`
        (select string_agg(t.status || ' ' || t.error_count || ' ' || t.ended_at || ' ' || t.last_seen_at, ',') from
          (select s.status, s.error_count, s.ended_at, s.last_seen_at from sessions as s
            where ${endedOfAgent(agentId)} ${lastEndedFirst} limit ${judgedSessions}) as t) as ended,
        (select string_agg(t.started_at || ' ' || t.ended_at, ',') from
          (select s.started_at, s.ended_at from sessions as s
            where ${endedOfAgent(agentId)} and ${allOf(inRange)} ${lastEndedFirst} limit ${durations}) as t) as lasted`;
  const rows: EndedSql[] = [];
  if (runner.flavour.isSpread) {
    // An agent's sessions lie on every node: each is asked for its own, an agent at a time.
    for (const id of agentIds) {
      rows.push(...(await runner.all<EndedSql>(sql`select ${id} as id, ${lists(sql`${id}`)}`)));
    }
  } else {
    const agents = sql`agents as a where a.org_id = ${runner.id(orgId)} and a.id in (${listOfValues(agentIds)})`;
    rows.push(
      ...(await runner.all<EndedSql>(sql`select a.id, ${lists(sql`a.id`)} from ${agents}`)),
    );
  }
  return new Map(rows.map((row) => [row.id, readEnded(row)]));
}

function readEnded({ ended, lasted }: EndedSql): Ended {
  const newest = partsOf(ended);
  const seen = newest.map(([, , , seenAt]) => Number(seenAt));
  return {
    ended: newest
      .map(([status, errors, endedAt]) => ({
        status: status === 'stale' ? ('stale' as const) : ('done' as const),
        errorCount: toNumber(Number(errors)),
        endedAtMs: Number(endedAt),
      }))
      .toSorted((one, other) => other.endedAtMs - one.endedAtMs),
    lastSeenAtMs: seen.length === 0 ? null : Math.max(...seen),
    lasted: partsOf(lasted).map(([startedAt, endedAt]) => ({
      startedAtMs: Number(startedAt),
      lastedMs: Number(endedAt) - Number(startedAt),
    })),
  };
}

function withDurations(
  cells: readonly Sums[],
  lasted: readonly LastedSession[],
  bucketMs: number,
): AgentCell[] {
  const byStart = Map.groupBy(
    lasted,
    ({ startedAtMs }) => Math.floor(startedAtMs / bucketMs) * bucketMs,
  );
  return cells.map((cell) => ({ ...cell, durationP95Ms: p95Of(byStart.get(cell.startMs) ?? []) }));
}

function p95Of(lasted: readonly LastedSession[]): number | null {
  return nearestRank(
    lasted.map(({ lastedMs }) => lastedMs),
    0.95,
  );
}

function partsOf(list: string | null): string[][] {
  return list === null ? [] : list.split(',').map((part) => part.split(' '));
}

function conditionsOf(
  runner: Runner,
  orgId: string,
  { fromMs, toMs, environments }: AgentFiguresRequest['range'],
): Sql[] {
  const conditions = [sql`s.org_id = ${runner.id(orgId)}`];
  if (fromMs !== undefined) conditions.push(sql`s.started_at >= ${fromMs}`);
  if (toMs !== undefined) conditions.push(sql`s.started_at < ${toMs}`);
  if (environments !== undefined) {
    conditions.push(sql`s.environment in (${sql.join(environments)})`);
  }
  return conditions;
}

function later(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}
