import { formatClock, formatDay, formatWeekday } from '../../../lib/format-time.ts';

const DAY = 86_400_000;
const labelsAtMost = 8;

/** One word under the axis: where it stands (0..1 of the width) and what it says. */
export interface AxisLabel {
  readonly at: number;
  readonly text: string;
}

/** Labels of a time axis: local midnights over days, else even steps of the clock. */
export function axisLabels(fromMs: number, toMs: number): AxisLabel[] {
  const span = toMs - fromMs;
  if (span <= 0) return [];
  const moments = span >= 2 * DAY ? midnights(fromMs, toMs) : evenly(fromMs, toMs);
  const every = Math.ceil(moments.length / labelsAtMost);
  return moments
    .filter((_, index) => index % every === 0)
    .map((ms) => ({ at: (ms - fromMs) / span, text: textOf(ms, span) }))
    .filter((label) => label.at <= 0.96);
}

function midnights(fromMs: number, toMs: number): number[] {
  const result: number[] = [];
  const day = new Date(fromMs);
  day.setHours(24, 0, 0, 0);
  for (let guard = 0; guard < 400 && day.getTime() < toMs; guard += 1) {
    result.push(day.getTime());
    day.setDate(day.getDate() + 1);
  }
  return result;
}

function evenly(fromMs: number, toMs: number): number[] {
  const steps = [1_000, 5_000, 15_000, 60_000, 300_000, 900_000, 3_600_000, 10_800_000, 21_600_000];
  const step = steps.find((size) => (toMs - fromMs) / size <= labelsAtMost) ?? 21_600_000;
  const result: number[] = [];
  for (let ms = Math.ceil(fromMs / step) * step; ms < toMs; ms += step) result.push(ms);
  return result;
}

function textOf(ms: number, span: number): string {
  if (span >= 14 * DAY) return formatDay(ms, ms);
  if (span >= 2 * DAY) return formatWeekday(ms);
  return span <= 600_000 ? formatClock(ms) : formatClock(ms).slice(0, 5);
}
