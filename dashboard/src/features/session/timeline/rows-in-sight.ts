import type { TimelineRow } from './build-rows.ts';
import type { Interval } from './time-scale.ts';

/** Room left and right of the rows, as a share of their time. */
const MARGIN = 0.04;
/** Of the ends, so that one row that lasts for hours does not press all others together. */
const END_QUANTILE = 0.85;

/** The stretch of time that rows `first` to `last` fill; null without rows. */
export function timeInSight(
  rows: readonly TimelineRow[],
  first: number,
  last: number,
): Interval | null {
  const seen = rows.slice(first, last + 1);
  if (seen.length === 0) return null;
  const startMs = Math.min(...seen.map((row) => row.startMs));
  const ends = seen.map((row) => row.endMs ?? row.startMs).sort((a, b) => a - b);
  const latestStart = Math.max(...seen.map((row) => row.startMs));
  const quantile = ends[Math.round((ends.length - 1) * END_QUANTILE)] ?? startMs;
  const endMs = Math.max(latestStart, quantile, startMs + 1);
  const room = (endMs - startMs) * MARGIN;
  return { startMs: startMs - room, endMs: endMs + room };
}
