import type { SessionHistogram } from '@niitaka/protocol/session.ts';
import { formatCount, formatNoun } from '../../../lib/format-count.ts';
import { formatDayClock } from '../../../lib/format-time.ts';

type Bucket = SessionHistogram['buckets'][number];

/** One bar, from its foot: the parts add up to its sessions. */
export interface Bar {
  readonly startMs: number;
  readonly endMs: number;
  readonly total: number;
  readonly done: number;
  readonly withErrors: number;
  readonly stale: number;
  readonly running: number;
}

/** Bars of sessions by status; those with errors stand apart, taken from done, then stale, then running. */
export function stackBuckets(histogram: SessionHistogram): Bar[] {
  return histogram.buckets.map((bucket) => barOf(bucket, histogram.bucket_ms));
}

/** The height of the highest bar, at least 1. */
export function highest(bars: readonly Bar[]): number {
  return bars.reduce((most, bar) => Math.max(most, bar.total), 1);
}

/** One bar in words: "24 Nov, 14:00: 12 sessions, 2 with errors". */
export function barText(bar: Bar): string {
  const from = formatDayClock(bar.startMs, bar.startMs);
  const errors = bar.withErrors > 0 ? `, ${formatCount(bar.withErrors)} with errors` : '';
  return `${from}: ${formatNoun(bar.total, 'session')}${errors}`;
}

/** The words of a bar's width: "1 bar = 3 h". */
export function bucketText(bucketMs: number): string {
  const units: readonly (readonly [number, string])[] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
  ];
  const [size, name] = units.find(([unit]) => bucketMs >= unit) ?? [1, 'ms'];
  const count = bucketMs / size;
  return `1 bar = ${Number.isInteger(count) ? count : count.toFixed(1)} ${name}`;
}

function barOf(bucket: Bucket, bucketMs: number): Bar {
  const startMs = Date.parse(bucket.start);
  let left = bucket.with_errors;
  const without = (count: number) => {
    const taken = Math.min(left, count);
    left -= taken;
    return count - taken;
  };
  const done = without(bucket.done);
  const stale = without(bucket.stale);
  const running = without(bucket.running);
  const total = bucket.done + bucket.stale + bucket.running;
  return {
    startMs,
    endMs: startMs + bucketMs,
    total,
    done,
    withErrors: total - done - stale - running,
    stale,
    running,
  };
}
