import { usdNumber } from '@niitaka/core/money/nano-usd.ts';
import type { SessionFilter } from '@niitaka/core/session/session-filter.ts';
import type { SessionHistogram, SessionStats } from '@niitaka/protocol/session.ts';
import type { Reader } from '../storage/reader.ts';
import type { RangeBucket } from '../storage/session-reader.ts';
import { timeToWire, timeToWireOrNull } from './map-access.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Widths of a bar, so that a range shows at most {@link wantedBars} of them. */
const bucketSteps = [
  minuteMs,
  5 * minuteMs,
  10 * minuteMs,
  15 * minuteMs,
  30 * minuteMs,
  hourMs,
  2 * hourMs,
  3 * hourMs,
  6 * hourMs,
  12 * hourMs,
  dayMs,
  2 * dayMs,
  7 * dayMs,
  30 * dayMs,
];

/** Bars of a histogram at most, where the caller does not say how wide they are. */
export const wantedBars = 64;

/** Points of a sparkline at most. */
const sparklinePoints = 32;

/** Bars given at most, however narrow they were asked for. */
export const mostBars = 2_000;

/** The width of a bucket that cuts a range into at most `wanted` of them. */
export function bucketFor(rangeMs: number, wanted: number): number {
  const fitting = bucketSteps.find((step) => rangeMs / step <= wanted);
  return fitting ?? Math.ceil(rangeMs / wanted / dayMs) * dayMs;
}

/** The four tiles: this range, the equal one before, a sparkline each. */
export async function statsOf(
  reader: Reader,
  orgId: string,
  filter: SessionFilter,
  nowMs: number,
): Promise<SessionStats> {
  const range = await rangeOf(reader, orgId, filter, nowMs);
  const rangeMs = range.toMs - range.fromMs;
  const bucketMs = bucketFor(rangeMs, sparklinePoints);
  const before = previousOf(filter, nowMs);
  const agentMs = rangeMs > 2 * dayMs ? Math.max(bucketMs, dayMs) : bucketMs;
  const [stats, previous] = await Promise.all([
    reader.rangeStats(orgId, filter, bucketMs, agentMs, nowMs),
    before === null ? null : reader.rangeTotals(orgId, before, nowMs),
  ]);
  const { totals: now, buckets, agents } = stats;
  const series = seriesOver(range, bucketMs, buckets);
  return {
    from: timeToWireOrNull(filter.fromMs ?? null),
    to: timeToWireOrNull(filter.toMs ?? null),
    total_sessions: {
      value: now.sessions,
      previous: previous?.sessions ?? null,
      series: series((bucket) => bucket.sessions),
    },
    running: { value: now.running, quiet: now.quiet, series: series((bucket) => bucket.running) },
    total_cost: {
      value: usdNumber(now.costNanoUsd),
      nano_usd: String(now.costNanoUsd),
      previous: previous === null ? null : usdNumber(previous.costNanoUsd),
      late: usdNumber(now.lateCostNanoUsd),
      unpriced: now.unpriced,
      incomplete: now.incomplete,
      series: series((bucket) => usdNumber(bucket.costNanoUsd)),
    },
    unique_agents: {
      value: now.agents,
      previous: previous?.agents ?? null,
      series: seriesOver(range, agentMs, agents)((bucket) => bucket.agents),
    },
    by_status: {
      running: now.running,
      stale: now.stale,
      done: Math.max(0, now.sessions - now.running - now.stale),
    },
    with_errors: now.withErrors,
  };
}

/** Sessions by bucket of their start, empty buckets included. */
export async function histogramOf(
  reader: Reader,
  orgId: string,
  filter: SessionFilter,
  askedMs: number | undefined,
  nowMs: number,
): Promise<SessionHistogram> {
  const range = await rangeOf(reader, orgId, filter, nowMs);
  const rangeMs = range.toMs - range.fromMs;
  const narrowest = bucketFor(rangeMs, mostBars);
  const bucketMs = Math.max(
    askedMs ?? bucketFor(rangeMs, wantedBars),
    askedMs === undefined ? 0 : narrowest,
  );
  const buckets = await reader.rangeBuckets(orgId, filter, bucketMs, nowMs);
  const byStart = new Map(buckets.map((bucket) => [bucket.startMs, bucket]));
  return {
    from: timeToWire(range.fromMs),
    to: timeToWire(range.toMs),
    bucket_ms: bucketMs,
    buckets: startsOver(range, bucketMs).map((startMs) => barOf(startMs, byStart.get(startMs))),
  };
}

/** A range with both ends. */
export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Open ends are closed by the oldest session and the present. */
async function rangeOf(
  reader: Reader,
  orgId: string,
  filter: SessionFilter,
  nowMs: number,
): Promise<Range> {
  const toMs = filter.toMs ?? nowMs;
  const fromMs = filter.fromMs ?? (await reader.oldestStart(orgId, filter)) ?? toMs - dayMs;
  return { fromMs: Math.min(fromMs, toMs), toMs: Math.max(fromMs, toMs) };
}

/** The equal range before; one that is open at its end ends now. */
function previousOf(filter: SessionFilter, nowMs: number): SessionFilter | null {
  const { fromMs, toMs = nowMs } = filter;
  if (fromMs === undefined || fromMs >= toMs) return null;
  return { ...filter, fromMs: fromMs - (toMs - fromMs), toMs: fromMs };
}

/** The starts of the buckets of a range. */
export function startsOver({ fromMs, toMs }: Range, bucketMs: number): number[] {
  const first = Math.floor(fromMs / bucketMs) * bucketMs;
  const count = Math.min(mostBars + 1, Math.max(1, Math.ceil((toMs - first) / bucketMs)));
  return Array.from({ length: count }, (_, index) => first + index * bucketMs);
}

/** A figure of each bucket of a range; 0 for one that is left out. */
export function seriesOver<Bucket extends { readonly startMs: number }>(
  range: Range,
  bucketMs: number,
  buckets: readonly Bucket[],
) {
  const byStart = new Map(buckets.map((bucket) => [bucket.startMs, bucket]));
  const starts = startsOver(range, bucketMs);
  return (figure: (bucket: Bucket) => number) =>
    starts.map((start) => {
      const bucket = byStart.get(start);
      return bucket === undefined ? 0 : figure(bucket);
    });
}

function barOf(
  startMs: number,
  bucket: RangeBucket | undefined,
): SessionHistogram['buckets'][number] {
  const { sessions = 0, running = 0, stale = 0, withErrors = 0 } = bucket ?? {};
  return {
    start: timeToWire(startMs),
    done: Math.max(0, sessions - running - stale),
    stale,
    running,
    with_errors: withErrors,
  };
}
