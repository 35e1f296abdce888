import { correctTime } from '../event/correct-time.ts';
import type { Session } from './session.ts';

/** When a batch came and what its sender's clock said as it left, ms since the epoch. */
export interface BatchTimes {
  readonly arrivedAtMs: number;
  /** Null when absent or unreadable: arrival stands in for it. */
  readonly sentAtMs: number | null;
}

/** How long a running session may stay silent, ms (S3). */
export interface StaleRule {
  readonly staleAfterMs: number;
}

/**
 * The date of a sign of life on the server's clock: arrival less the age the sender gives it, never later than
 * arrival (S3). `happenedAtMs` is the record's `ended_at`, else `started_at`, on the sender's clock.
 */
export function dateSignOfLife(batch: BatchTimes, happenedAtMs: number): number {
  if (batch.sentAtMs === null) return batch.arrivedAtMs;
  return correctTime(happenedAtMs, batch.arrivedAtMs - batch.sentAtMs, batch.arrivedAtMs);
}

/**
 * Takes a sign of life: moves `lastSeenAtMs`, wakes a stale session when the sign is fresh (S3, S4). Time given for a
 * gap in which no process swept is used up by as much as the sign is newer: no sign brings the closing nearer.
 */
export function takeSignOfLife(
  session: Session,
  signAtMs: number,
  nowMs: number,
  rule: StaleRule,
): void {
  if (signAtMs > session.lastSeenAtMs) {
    session.graceMs = Math.max(0, session.graceMs - (signAtMs - session.lastSeenAtMs));
    session.lastSeenAtMs = signAtMs;
  }
  if (session.status !== 'stale') return;
  if (nowMs - signAtMs <= rule.staleAfterMs) reopen(session);
  else session.endedAtMs = Math.max(session.startedAtMs, session.lastSeenAtMs);
}

/** Whether a session runs and its newest sign of life is too old (S3). */
export function isOverdue(session: Session, nowMs: number, rule: StaleRule): boolean {
  if (session.status !== 'running') return false;
  return nowMs - session.lastSeenAtMs > rule.staleAfterMs + session.graceMs;
}

/** Closes a running session whose newest sign of life is too old; answers whether it did (S3). */
export function closeIfStale(session: Session, nowMs: number, rule: StaleRule): boolean {
  if (!isOverdue(session, nowMs, rule)) return false;
  session.status = 'stale';
  session.endedAtMs = Math.max(session.startedAtMs, session.lastSeenAtMs);
  session.endedAtSentMs = null;
  session.closedBy = 'server';
  return true;
}

function reopen(session: Session): void {
  session.status = 'running';
  session.endedAtMs = null;
  session.closedBy = null;
}
