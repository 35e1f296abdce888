import type { Signal } from '@niitaka/protocol/signal.ts';
import { formatDay, formatWeekday } from '../../lib/format-time.ts';

/** The signals of one local day. */
export interface SignalDay {
  /** Local midnight, in ms: names the day. */
  readonly startMs: number;
  readonly label: string;
  readonly signals: readonly Signal[];
}

/** Signals, newest first, by the local day on which they occurred (G2). */
export function groupByDay(signals: readonly Signal[], nowMs: number): SignalDay[] {
  const days = new Map<number, Signal[]>();
  for (const signal of signals) {
    const startMs = midnightOf(Date.parse(signal.occurred_at));
    const day = days.get(startMs);
    if (day === undefined) days.set(startMs, [signal]);
    else day.push(signal);
  }
  return [...days].map(([startMs, those]) => ({
    startMs,
    label: dayLabel(startMs, nowMs),
    signals: those,
  }));
}

function dayLabel(startMs: number, nowMs: number): string {
  const today = midnightOf(nowMs);
  if (startMs === today) return 'Today';
  // An hour before midnight is the day before, also where that one had 23 or 25 hours.
  if (startMs === midnightOf(today - 3_600_000)) return 'Yesterday';
  return `${formatWeekday(startMs).slice(0, 3)} ${formatDay(startMs, nowMs)}`;
}

function midnightOf(ms: number): number {
  return new Date(ms).setHours(0, 0, 0, 0);
}
