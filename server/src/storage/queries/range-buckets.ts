import type { SessionFilter } from '@niitaka/core/session/session-filter.ts';
import { sql } from 'kysely';
import type { RangeBucket } from '../session-reader.ts';
import { bucketOf } from './bucket-of.ts';
import { figuresSource } from './figures-source.ts';
import { listConditions } from './list-sessions.ts';
import {
  cutRange,
  edgeFilters,
  inKnownEnvironments,
  rollupConditions,
  runningConditions,
  runningSessions,
  unionOf,
} from './range-totals.ts';
import { allOf, toNumber, type Runner, type Sql } from './runner.ts';
import { contextFor, isPlainFilter } from './session-conditions.ts';

const hourMs = 3_600_000;

interface BucketSql {
  readonly start: bigint;
  readonly sessions: bigint;
  readonly with_errors: bigint | null;
  readonly stale: bigint | null;
  readonly running: bigint | null;
  readonly cost: bigint | null;
}

/** Figures of a range by bucket of the start (S12); empty buckets are left out, in order of time. */
export async function rangeBuckets(
  runner: Runner,
  orgId: string,
  filter: SessionFilter,
  bucketMs: number,
  nowMs: number,
): Promise<RangeBucket[]> {
  if (filter.words?.length === 0) return [];
  const isRolledUp = isPlainFilter(filter) && bucketMs % hourMs === 0;
  if (isRolledUp) return mergeBuckets(await rolledUp(runner, orgId, filter, bucketMs, nowMs));
  const known = await inKnownEnvironments(runner, orgId, filter);
  const query = await sessionsQuery(runner, orgId, known, bucketMs, nowMs);
  return mergeBuckets(await runner.all<BucketSql>(query));
}

async function rolledUp(
  runner: Runner,
  orgId: string,
  filter: SessionFilter,
  bucketMs: number,
  nowMs: number,
): Promise<BucketSql[]> {
  const { whole, edges } = cutRange(filter.fromMs, filter.toMs, hourMs);
  const parts: Sql[] = [];
  if (whole !== null) {
    const conditions = allOf(rollupConditions(runner, orgId, filter, 'hour', whole));
    parts.push(
      sql`select ${bucketOf(sql`hour`, bucketMs)} as start, sum(sessions) as sessions, sum(with_errors) as with_errors,
          sum(stale) as stale, 0 as running, sum(total_cost) as cost
        from rollup_hours where ${conditions} group by 1`,
    );
  }
  for (const edge of await edgeFilters(runner, orgId, filter, edges)) {
    parts.push(await sessionsQuery(runner, orgId, edge, bucketMs, nowMs));
  }
  const rows = await unionOf<BucketSql>(runner, parts);
  if (whole === null) return rows;
  const middle = { ...filter, fromMs: whole.fromMs ?? undefined, toMs: whole.toMs ?? undefined };
  return [...rows, ...(await runningOnly(runner, orgId, middle, bucketMs, nowMs))];
}

async function runningOnly(
  runner: Runner,
  orgId: string,
  filter: SessionFilter,
  bucketMs: number,
  nowMs: number,
): Promise<BucketSql[]> {
  const conditions = await runningConditions(runner, orgId, filter, nowMs);
  return runner.all<BucketSql>(
    sql`${runningSessions(runner, orgId)} select ${bucketOf(sql`s.started_at`, bucketMs)} as start, 0 as sessions, 0 as with_errors, 0 as stale,
        count(*) as running, 0 as cost
      from s where ${conditions} group by 1`,
  );
}

async function sessionsQuery(
  runner: Runner,
  orgId: string,
  filter: SessionFilter,
  bucketMs: number,
  nowMs: number,
): Promise<Sql> {
  const source = await figuresSource(runner, orgId, filter);
  const context = await contextFor(runner, orgId, source.filter, nowMs);
  const conditions = [...listConditions(source.filter, context), ...source.conditions];
  return sql`select ${bucketOf(sql`s.started_at`, bucketMs)} as start, count(*) as sessions,
        count(*) filter (where s.error_count > 0) as with_errors, count(*) filter (where s.status = 'stale') as stale,
        count(*) filter (where s.status = 'running') as running, sum(s.total_cost) as cost
      from ${source.from} where ${allOf(conditions)} group by 1`;
}

function mergeBuckets(rows: readonly BucketSql[]): RangeBucket[] {
  const merged = new Map<number, RangeBucket>();
  for (const row of rows) {
    const startMs = Number(row.start);
    const known = merged.get(startMs);
    merged.set(startMs, {
      startMs,
      sessions: (known?.sessions ?? 0) + toNumber(row.sessions),
      withErrors: (known?.withErrors ?? 0) + toNumber(row.with_errors),
      stale: (known?.stale ?? 0) + toNumber(row.stale),
      running: (known?.running ?? 0) + toNumber(row.running),
      costNanoUsd: (known?.costNanoUsd ?? 0n) + (row.cost ?? 0n),
    });
  }
  return [...merged.values()].toSorted((a, b) => a.startMs - b.startMs);
}
