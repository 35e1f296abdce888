import type { SessionRow } from '@niitaka/protocol/session.ts';

/** How long a row has been or was running, in ms. */
export function durationOf(row: SessionRow, nowMs: number): number {
  return row.duration_ms ?? Math.max(0, nowMs - Date.parse(row.started_at));
}
