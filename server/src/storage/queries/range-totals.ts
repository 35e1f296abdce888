import { quietAfterMs, type SessionFilter } from '@niitaka/core/session/session-filter.ts';
import { sql } from 'kysely';
import type { RangeTotals } from '../session-reader.ts';
import { figuresSource } from './figures-source.ts';
import { wordConditions } from './goal-match.ts';
import { listConditions } from './list-sessions.ts';
import {
  allOf,
  firstRow,
  listOfValues,
  toNumber,
  valuesInList,
  type Runner,
  type Sql,
} from './runner.ts';
import { contextFor, isPlainFilter, sessionConditions } from './session-conditions.ts';

const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** Sums of one part of a range, as SQL gives them. */
interface TotalsSql {
  readonly sessions: bigint | null;
  readonly with_errors: bigint | null;
  readonly stale: bigint | null;
  readonly cost: bigint | null;
  readonly late_cost: bigint | null;
  readonly unpriced: bigint | null;
  readonly incomplete: bigint | null;
}

/**
 * Figures of a range (S12). By environment and range alone they come from the hourly roll-ups, and the ragged edges
 * from the covering index: exact. Any other filter reads the sessions themselves.
 */
export async function rangeTotals(
  runner: Runner,
  orgId: string,
  filter: SessionFilter,
  nowMs: number,
): Promise<RangeTotals> {
  if (filter.words?.length === 0) return nothing;
  const running = await runningTotals(runner, orgId, filter, nowMs);
  if (!isPlainFilter(filter)) {
    const known = await inKnownEnvironments(runner, orgId, filter);
    const query = await filteredQuery(runner, orgId, known, nowMs, true);
    const part = await firstRow<TotalsSql & { readonly agents: bigint }>(runner, query);
    return totalsOf([part], running, toNumber(part?.agents));
  }
  const parts = await plainParts(runner, orgId, filter);
  return totalsOf(parts, running, await plainAgents(runner, orgId, filter));
}

/** How many sessions a range and environment hold, from the roll-ups; exact. */
export async function countPlain(
  runner: Runner,
  orgId: string,
  filter: SessionFilter,
): Promise<number> {
  const parts = await plainParts(runner, orgId, filter);
  return parts.reduce((sum, part) => sum + toNumber(part?.sessions), 0);
}

/** The parts of a range summed up. */
export function totalsOf(
  parts: readonly (TotalsSql | undefined)[],
  running: { readonly running: number; readonly quiet: number },
  agents: number,
): RangeTotals {
  const sum = (field: keyof TotalsSql) =>
    parts.reduce((total, part) => total + (part?.[field] ?? 0n), 0n);
  return {
    sessions: Number(sum('sessions')),
    withErrors: Number(sum('with_errors')),
    stale: Number(sum('stale')),
    running: running.running,
    quiet: running.quiet,
    costNanoUsd: sum('cost'),
    lateCostNanoUsd: sum('late_cost'),
    unpriced: Number(sum('unpriced')),
    incomplete: Number(sum('incomplete')),
    agents,
  };
}

const nothing: RangeTotals = {
  sessions: 0,
  withErrors: 0,
  stale: 0,
  running: 0,
  quiet: 0,
  costNanoUsd: 0n,
  lateCostNanoUsd: 0n,
  unpriced: 0,
  incomplete: 0,
  agents: 0,
};

/** Figures summed from the sessions themselves. */
const sessionSums = sql`count(*) as sessions, count(*) filter (where s.error_count > 0) as with_errors,
  count(*) filter (where s.status = 'stale') as stale, sum(s.total_cost) as cost, sum(s.late_cost) as late_cost,
  sum(s.unpriced_count) as unpriced, sum(s.incomplete) as incomplete`;

async function filteredQuery(
  runner: Runner,
  orgId: string,
  filter: SessionFilter,
  nowMs: number,
  countsAgents: boolean,
): Promise<Sql> {
  const source = await figuresSource(runner, orgId, filter);
  const context = await contextFor(runner, orgId, source.filter, nowMs);
  const conditions = listConditions(source.filter, context);
  const agents = countsAgents ? sql`, count(distinct s.agent_id) as agents` : sql``;
  const all = allOf([...conditions, ...source.conditions]);
  return sql`select ${sessionSums}${agents} from ${source.from} where ${all}`;
}

/** Environments beyond this many are not named one by one. */
const namedEnvironments = 20;

/** The same sessions with every environment named: a range then is a stretch of the covering index in each. */
export async function inKnownEnvironments(
  runner: Runner,
  orgId: string,
  filter: SessionFilter,
): Promise<SessionFilter> {
  const { environments, fromMs, toMs } = filter;
  if (environments !== undefined || (fromMs === undefined && toMs === undefined)) return filter;
  const rows = await runner.all<{ name: string }>(
    sql`select name from environments where org_id = ${runner.id(orgId)} limit ${namedEnvironments + 1}`,
  );
  if (rows.length > namedEnvironments) return filter;
  return { ...filter, environments: rows.map((row) => row.name) };
}

/** A range cut at full units: the whole part in the middle, ragged parts at its ends. */
export interface CutRange {
  readonly whole: { readonly fromMs: number | null; readonly toMs: number | null } | null;
  readonly edges: readonly { readonly fromMs: number; readonly toMs: number }[];
}

/** Cuts [from, to) at multiples of `unitMs`; an open end is whole. */
export function cutRange(
  fromMs: number | undefined,
  toMs: number | undefined,
  unitMs: number,
): CutRange {
  const first = fromMs === undefined ? null : Math.ceil(fromMs / unitMs) * unitMs;
  const last = toMs === undefined ? null : Math.floor(toMs / unitMs) * unitMs;
  if (
    fromMs !== undefined &&
    toMs !== undefined &&
    first !== null &&
    last !== null &&
    first >= last
  ) {
    return { whole: null, edges: fromMs < toMs ? [{ fromMs, toMs }] : [] };
  }
  const edges = [];
  if (fromMs !== undefined && first !== null && fromMs < first) edges.push({ fromMs, toMs: first });
  if (toMs !== undefined && last !== null && last < toMs) edges.push({ fromMs: last, toMs });
  return { whole: { fromMs: first, toMs: last }, edges };
}

/** All parts by one statement: where each is a journey to the database, they take longer than their rows. */
async function plainParts(
  runner: Runner,
  orgId: string,
  filter: SessionFilter,
): Promise<TotalsSql[]> {
  const { whole, edges } = cutRange(filter.fromMs, filter.toMs, hourMs);
  const parts: Sql[] = [];
  if (whole !== null) {
    const conditions = rollupConditions(runner, orgId, filter, 'hour', whole);
    parts.push(
      sql`select sum(sessions) as sessions, sum(with_errors) as with_errors, sum(stale) as stale,
          sum(total_cost) as cost, sum(late_cost) as late_cost, sum(unpriced) as unpriced,
          sum(incomplete) as incomplete from rollup_hours where ${allOf(conditions)}`,
    );
  }
  for (const edge of await edgeFilters(runner, orgId, filter, edges)) {
    parts.push(await filteredQuery(runner, orgId, edge, 0, false));
  }
  return unionOf(runner, parts);
}

/** The filter for each ragged end of its range, with every environment named. */
export async function edgeFilters(
  runner: Runner,
  orgId: string,
  filter: SessionFilter,
  edges: CutRange['edges'],
): Promise<SessionFilter[]> {
  if (edges.length === 0) return [];
  const known = await inKnownEnvironments(runner, orgId, filter);
  return edges.map((edge) => ({ ...known, ...edge }));
}

/** The rows of several queries with the same columns, in any order. */
export async function unionOf<Row>(runner: Runner, parts: readonly Sql[]): Promise<Row[]> {
  return parts.length === 0 ? [] : runner.all<Row>(sql.join(parts, sql` union all `));
}

/** Conditions on a roll-up table: organisation, environments, whole hours or days. */
export function rollupConditions(
  runner: Runner,
  orgId: string,
  filter: SessionFilter,
  unit: 'hour' | 'day',
  whole: { readonly fromMs: number | null; readonly toMs: number | null },
): Sql[] {
  const conditions: Sql[] = [sql`org_id = ${runner.id(orgId)}`];
  if (filter.environments !== undefined) {
    const names = filter.environments.map((name) => sql`${name}`);
    conditions.push(sql`environment in (${names.length === 0 ? sql`null` : sql.join(names)})`);
  }
  if (whole.fromMs !== null) conditions.push(sql`${sql.ref(unit)} >= ${whole.fromMs}`);
  if (whole.toMs !== null) conditions.push(sql`${sql.ref(unit)} < ${whole.toMs}`);
  return conditions;
}

/** Running sessions are few and never rolled up. */
export async function runningTotals(
  runner: Runner,
  orgId: string,
  filter: SessionFilter,
  nowMs: number,
): Promise<{ running: number; quiet: number }> {
  if (filter.statuses !== undefined && !filter.statuses.includes('running')) {
    return { running: 0, quiet: 0 };
  }
  const conditions = await runningConditions(runner, orgId, filter, nowMs);
  const row = await firstRow<{ running: bigint; quiet: bigint | null }>(
    runner,
    sql`${runningSessions(runner, orgId)} select count(*) as running,
        count(*) filter (where coalesce(s.last_event_at, s.started_at) < ${nowMs - quietAfterMs}) as quiet
      from s where ${conditions}`,
  );
  return { running: toNumber(row?.running), quiet: toNumber(row?.quiet) };
}

/** The running sessions of an organisation as `s`: few, found by their own index whatever else is asked. */
export function runningSessions(runner: Runner, orgId: string): Sql {
  return sql`with s as materialized (
    select * from sessions where org_id = ${runner.id(orgId)} and status = 'running')`;
}

/** A filter's conditions on {@link runningSessions}; words are looked for in the rows. */
export async function runningConditions(
  runner: Runner,
  orgId: string,
  filter: SessionFilter,
  nowMs: number,
): Promise<Sql> {
  const context = await contextFor(runner, orgId, filter, nowMs);
  return allOf([
    ...listConditions(filter, context),
    ...wordConditions(runner, 's', filter.words ?? []),
  ]);
}

/** Agents of whole days from the daily roll-ups; those of ragged days are looked for among them. */
async function plainAgents(runner: Runner, orgId: string, filter: SessionFilter): Promise<number> {
  const { whole, edges } = cutRange(filter.fromMs, filter.toMs, dayMs);
  const ragged = edges.map((edge) => ({
    ...edge,
    fromMs: Math.floor(edge.fromMs / dayMs) * dayMs,
  }));
  const spans = [...ragged, ...(whole === null ? [] : [whole])];
  const rows = await unionOf<{ span: bigint; agent_id: string }>(
    runner,
    spans.map((span, at) => {
      const conditions = allOf(rollupConditions(runner, orgId, filter, 'day', span));
      return sql`select distinct ${sql.lit(at)} as span, agent_id from rollup_agent_days
        where ${conditions} and agent_id <> '' and sessions > 0`;
    }),
  );
  const onDays = (at: number) =>
    rows.filter(({ span }) => Number(span) === at).map((row) => row.agent_id);
  const agents = new Set(onDays(edges.length));
  for (const [at, edge] of edges.entries()) {
    const open = onDays(at).filter((id) => !agents.has(id));
    for (const id of await startedAmong(runner, orgId, { ...filter, ...edge }, open)) {
      agents.add(id);
    }
  }
  return agents.size;
}

/** Those of some agents that started a session within a filter. */
async function startedAmong(
  runner: Runner,
  orgId: string,
  filter: SessionFilter,
  agentIds: readonly string[],
): Promise<string[]> {
  const conditions = allOf(sessionConditions(filter, { runner, orgId, nowMs: 0, alias: 's' }));
  const started: string[] = [];
  for (let from = 0; from < agentIds.length; from += valuesInList) {
    const some = agentIds.slice(from, from + valuesInList);
    const rows = await runner.all<{ agent_id: string }>(
      runner.flavour.isSpread
        ? sql`select distinct s.agent_id from sessions as s where ${conditions} and s.agent_id in (${listOfValues(some)})`
        : sql`select a.id as agent_id from agents as a where a.org_id = ${runner.id(orgId)} and a.id in (${listOfValues(some)})
        and exists (select 1 from sessions as s ${runner.flavour.by('sessions_agent')} where ${conditions} and s.agent_id = a.id)`,
    );
    started.push(...rows.map((row) => row.agent_id));
  }
  return started;
}
