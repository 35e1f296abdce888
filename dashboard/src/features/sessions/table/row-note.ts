import type { SessionRow } from '@niitaka/protocol/session.ts';
import { formatClock, formatDay } from '../../../lib/format-time.ts';

const quietAfterMs = 30_000;
const dayMs = 86_400_000;

/** What stands beside the goal: what a running row waits for, a stale one's last sign of life (S4). */
export function rowNote(row: SessionRow, nowMs: number): string {
  if (row.status === 'stale') return `last sign of life ${momentOf(row.last_seen_at, nowMs)}`;
  if (row.status !== 'running') return '';
  if (row.waiting_for !== null) {
    const { name, type, since } = row.waiting_for;
    return `in ${name ?? type} for ${wholeTime(nowMs - Date.parse(since))}`;
  }
  const silence = nowMs - Date.parse(row.last_event_at ?? row.started_at);
  return silence >= quietAfterMs ? `quiet for ${wholeTime(silence)}` : '';
}

/** How long a row has been or was running, in ms. */
export function durationOf(row: SessionRow, nowMs: number): number {
  return row.duration_ms ?? Math.max(0, nowMs - Date.parse(row.started_at));
}

function momentOf(at: string, nowMs: number): string {
  const atMs = Date.parse(at);
  return nowMs - atMs > dayMs ? formatDay(atMs, nowMs) : formatClock(atMs);
}

function wholeTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3_600)} h`;
}
