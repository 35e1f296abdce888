import type { ClosedBy, Session } from './session.ts';

/** An explicit end: times corrected to the server's clock, with the time as sent. */
export interface SessionEnding {
  readonly endedAtMs: number;
  readonly endedAtSentMs: number;
  readonly sender: string | null;
  readonly lastSeq: number | null;
  readonly closedBy: ClosedBy;
}

/** Ends a session as `done`; answers false, changing nothing, when it is done already (S4, S5). */
export function endSession(session: Session, ending: SessionEnding): boolean {
  if (session.status === 'done') return false;
  session.status = 'done';
  session.endedAtMs = Math.max(session.startedAtMs, ending.endedAtMs);
  session.endedAtSentMs = ending.endedAtSentMs;
  session.closedBy = ending.closedBy;
  session.endSender = ending.sender;
  session.endLastSeq = ending.lastSeq;
  return true;
}

/** Whose record it is, its number, and when its event began, ms on the server's clock. */
export interface EventOrigin {
  readonly sender: string | null;
  readonly seq: number | null;
  readonly startedAtMs: number;
}

/**
 * Whether an event came after the end (S5): from the sender that ended the session by number, from another by the
 * start of the event; equality still counts. A session that is not done has no end to be after.
 */
export function isAfterEnd(session: Session, origin: EventOrigin): boolean {
  if (session.status !== 'done' || session.endedAtMs === null) return false;
  const sameSender = session.endSender !== null && origin.sender === session.endSender;
  if (sameSender && session.endLastSeq !== null && origin.seq !== null) {
    return origin.seq > session.endLastSeq;
  }
  return origin.startedAtMs > session.endedAtMs;
}
