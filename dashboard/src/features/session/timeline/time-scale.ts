/** A stretch of time in milliseconds since the epoch. */
export interface Interval {
  readonly startMs: number;
  readonly endMs: number;
}

/** A stretch of the axis: time [startMs, endMs] drawn over the fractions [from, to] of its width. */
export interface Segment extends Interval {
  readonly from: number;
  readonly to: number;
  readonly folded: boolean;
}

/** A time axis on which long idle stretches are folded to a narrow mark. */
export interface TimeScale extends Interval {
  readonly segments: readonly Segment[];
}

/** An idle stretch shorter than this is never folded. */
const MIN_FOLD_MS = 2_000;
/** Nor one shorter than this many mean busy stretches. */
const FOLD_PER_BUSY = 3;
/** More folds than this would hide the rhythm they are meant to show. */
const MAX_FOLDS = 40;
const FOLD_WIDTH = 0.02;
const MAX_FOLDED_WIDTH = 0.25;

/**
 * `busy` may overlap and stand in any order; what lies outside `domain` is left out. Only gaps
 * between busy stretches fold: name the ends of the domain as empty stretches to fold those too.
 */
export function createTimeScale(domain: Interval, busy: readonly Interval[]): TimeScale {
  const endMs = Math.max(domain.endMs, domain.startMs + 1);
  const stretches = mergeIntervals(clip(busy, domain.startMs, endMs));
  const folds = chooseFolds(stretches);
  return {
    startMs: domain.startMs,
    endMs,
    segments: layOut(domain.startMs, endMs, folds),
  };
}

/** Where `ms` stands on the axis, 0 to 1; outside the domain it is held at the edge. */
export function fractionAt(scale: TimeScale, ms: number): number {
  if (ms <= scale.startMs) return 0;
  if (ms >= scale.endMs) return 1;
  const segment = scale.segments[findSegment(scale.segments, (one) => one.endMs < ms)];
  if (segment === undefined) return 1;
  const share = (ms - segment.startMs) / (segment.endMs - segment.startMs);
  return segment.from + share * (segment.to - segment.from);
}

/** The time at a fraction of the axis: the inverse of `fractionAt`. */
export function timeAt(scale: TimeScale, fraction: number): number {
  if (fraction <= 0) return scale.startMs;
  if (fraction >= 1) return scale.endMs;
  const segment = scale.segments[findSegment(scale.segments, (one) => one.to < fraction)];
  if (segment === undefined) return scale.endMs;
  const share = (fraction - segment.from) / (segment.to - segment.from);
  return segment.startMs + share * (segment.endMs - segment.startMs);
}

function clip(busy: readonly Interval[], startMs: number, endMs: number): Interval[] {
  return busy
    .filter((one) => one.endMs >= startMs && one.startMs <= endMs)
    .map((one) => ({
      startMs: Math.max(startMs, one.startMs),
      endMs: Math.min(endMs, one.endMs),
    }));
}

function mergeIntervals(intervals: Interval[]): Interval[] {
  const sorted = intervals.sort((a, b) => a.startMs - b.startMs);
  const merged: { startMs: number; endMs: number }[] = [];
  for (const one of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && one.startMs - last.endMs < MIN_FOLD_MS) {
      last.endMs = Math.max(last.endMs, one.endMs);
    } else {
      merged.push({ ...one });
    }
  }
  return merged;
}

function chooseFolds(stretches: readonly Interval[]): Interval[] {
  const lengthsMs = stretches.map((one) => one.endMs - one.startMs).filter((ms) => ms > 0);
  if (lengthsMs.length === 0) return [];
  const meanMs = lengthsMs.reduce((sum, ms) => sum + ms, 0) / lengthsMs.length;
  const least = Math.max(MIN_FOLD_MS, FOLD_PER_BUSY * meanMs);
  const gaps = stretches.slice(1).map((one, index) => ({
    startMs: stretches[index]?.endMs ?? one.startMs,
    endMs: one.startMs,
  }));
  const long = gaps.filter((gap) => gap.endMs - gap.startMs >= least);
  if (long.length <= MAX_FOLDS) return long;
  const lengths = long.map((gap) => gap.endMs - gap.startMs).sort((a, b) => b - a);
  const bound = lengths[MAX_FOLDS] ?? 0;
  return long.filter((gap) => gap.endMs - gap.startMs > bound);
}

function layOut(startMs: number, endMs: number, folds: readonly Interval[]): Segment[] {
  const foldedMs = folds.reduce((sum, one) => sum + one.endMs - one.startMs, 0);
  const foldWidth = folds.length === 0 ? 0 : Math.min(FOLD_WIDTH, MAX_FOLDED_WIDTH / folds.length);
  const perMs = (1 - foldWidth * folds.length) / Math.max(1, endMs - startMs - foldedMs);
  const segments: Segment[] = [];
  let from = 0;
  let at = startMs;
  const push = (end: number, width: number, folded: boolean) => {
    if (end <= at) return;
    segments.push({ startMs: at, endMs: end, from, to: from + width, folded });
    from += width;
    at = end;
  };
  for (const fold of folds) {
    push(fold.startMs, (fold.startMs - at) * perMs, false);
    push(fold.endMs, foldWidth, true);
  }
  push(endMs, (endMs - at) * perMs, false);
  return stretchToWhole(segments);
}

function stretchToWhole(segments: readonly Segment[]): Segment[] {
  const whole = segments.at(-1)?.to ?? 1;
  return segments.map((one, index) => ({
    ...one,
    from: one.from / whole,
    to: index === segments.length - 1 ? 1 : one.to / whole,
  }));
}

/** The first segment that is not before what is looked for, by bisection. */
function findSegment(
  segments: readonly Segment[],
  isBefore: (segment: Segment) => boolean,
): number {
  let low = 0;
  let high = segments.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const segment = segments[middle];
    if (segment !== undefined && isBefore(segment)) low = middle + 1;
    else high = middle;
  }
  return low;
}
