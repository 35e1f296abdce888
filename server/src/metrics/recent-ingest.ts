import type { Metrics } from './metrics.ts';
import type { HistogramCounts } from './series.ts';

/** How often the counters are looked at, ms. */
export const slotMs = 5_000;

/** Looks kept: five minutes of them. */
export const keptSlots = 60;

/** Looks that "recent" spans: one minute. */
const recentSlots = 12;

/** What was taken in lately, by this process. */
export interface RecentIngest {
  /** Over the last minute, or since the start where that is shorter. */
  readonly recordsPerSecond: number;
  readonly batchesPerSecond: number;
  /** Of the acknowledgements of the last minute, ms; null when there were none. */
  readonly ackP50Ms: number | null;
  readonly ackP99Ms: number | null;
  /** Records in a transaction on average; null when there was none. */
  readonly commitRecords: number | null;
  /** Records per second in each slot of five seconds, oldest first, at most five minutes of them. */
  readonly history: readonly number[];
}

interface Look {
  readonly atMs: number;
  readonly records: number;
  readonly acks: HistogramCounts;
  readonly commits: HistogramCounts;
}

/** Watches the counters of ingest, so that a page can show rates without Prometheus. */
export function watchIngest(
  { ingestRecords, ackSeconds, commitRecords }: Metrics,
  clock: () => number,
): { read(): RecentIngest; close(): void } {
  const look = (): Look => ({
    atMs: clock(),
    records: ingestRecords.total(),
    acks: ackSeconds.counts(),
    commits: commitRecords.counts(),
  });
  const looks: Look[] = [look()];
  const timer = setInterval(() => {
    looks.push(look());
    if (looks.length > keptSlots + 1) looks.shift();
  }, slotMs).unref();
  return {
    read: () => recentOf(looks, look()),
    close: () => clearInterval(timer),
  };
}

function recentOf(looks: readonly Look[], now: Look): RecentIngest {
  const before = looks.at(-recentSlots) ?? looks[0] ?? now;
  const seconds = Math.max((now.atMs - before.atMs) / 1000, 1);
  const acks = between(before.acks, now.acks);
  const commits = between(before.commits, now.commits);
  return {
    recordsPerSecond: (now.records - before.records) / seconds,
    batchesPerSecond: acks.count / seconds,
    ackP50Ms: inMs(quantileOf(acks, 0.5)),
    ackP99Ms: inMs(quantileOf(acks, 0.99)),
    commitRecords: commits.count === 0 ? null : commits.sum / commits.count,
    history: looks.slice(1).map((one, index) => {
      const from = looks[index] ?? one;
      return ((one.records - from.records) * 1000) / Math.max(one.atMs - from.atMs, 1);
    }),
  };
}

function between(before: HistogramCounts, now: HistogramCounts): HistogramCounts {
  return {
    bounds: now.bounds,
    atMost: now.atMost.map((count, at) => count - (before.atMost[at] ?? 0)),
    count: now.count - before.count,
    sum: now.sum - before.sum,
  };
}

/**
 * The value that this share of what was counted does not exceed, by a straight line within its bucket; the greatest
 * bound for what lies above all, null when nothing was counted.
 */
export function quantileOf(counts: HistogramCounts, share: number): number | null {
  const { bounds, atMost, count } = counts;
  if (count === 0) return null;
  const rank = share * count;
  const at = atMost.findIndex((below) => below >= rank);
  if (at < 0) return bounds.at(-1) ?? null;
  const low = at === 0 ? 0 : (bounds[at - 1] ?? 0);
  const lowCount = at === 0 ? 0 : (atMost[at - 1] ?? 0);
  const within = (atMost[at] ?? 0) - lowCount;
  return low + ((bounds[at] ?? low) - low) * (within === 0 ? 1 : (rank - lowCount) / within);
}

function inMs(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1000;
}
