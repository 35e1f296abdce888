import type { SessionRow } from '@niitaka/protocol/session.ts';
import { formatClock, formatDayClock } from '../../../lib/format-time.ts';
import { formatTickingDuration } from '../../../lib/format-duration.ts';

/** Shorter silences are how agents think; they are not worth a word. */
const QUIET_FROM_MS = 30_000;
const DAY_MS = 86_400_000;

type Life = Pick<
  SessionRow,
  'status' | 'waiting_for' | 'last_seen_at' | 'last_event_at' | 'started_at' | 'closed_by'
>;

/** What a session waits for, or its last sign of life (S4); null when there is nothing to say. */
export function lifeText(session: Life, nowMs: number): string | null {
  if (session.status === 'stale') {
    const seenMs = Date.parse(session.last_seen_at);
    const text = nowMs - seenMs < DAY_MS ? formatClock(seenMs) : formatDayClock(seenMs, nowMs);
    return `last sign of life ${text}`;
  }
  if (session.status === 'done') {
    return session.closed_by === 'operator' ? 'ended by an operator' : null;
  }
  const waiting = session.waiting_for;
  if (waiting !== null) {
    const sinceMs = nowMs - Date.parse(waiting.since);
    return `in ${waiting.name ?? waiting.type} for ${formatTickingDuration(sinceMs)}`;
  }
  const quietMs = nowMs - Date.parse(session.last_event_at ?? session.started_at);
  return quietMs < QUIET_FROM_MS ? null : `quiet for ${formatTickingDuration(quietMs)}`;
}
