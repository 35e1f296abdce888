import { correctTime } from '@niitaka/core/event/correct-time.ts';
import { countClosedEvent } from '@niitaka/core/session/count-event.ts';
import { endSession, isAfterEnd } from '@niitaka/core/session/end-session.ts';
import { closeIfStale, isOverdue } from '@niitaka/core/session/sign-of-life.ts';
import { eventState } from '../../storage/event-row.ts';
import type { StoredSession } from '../../storage/session-tx.ts';
import { deafAfterMs, sweepJob } from '../close-stale-sessions.ts';
import type { CommandContext } from '../command.ts';
import type { SessionSet } from '../session-set.ts';
import { findSession, takeSign, type BatchWork } from './batch-work.ts';
import { factsOf } from './charge-event.ts';
import { countDay } from './day-counts.ts';
import type { CloseRecord, EndRecord, HeartbeatRecord } from './record.ts';

/** Applies heartbeats: a sign of life at the moment the batch was sent (S3). */
export function takeHeartbeats(work: BatchWork, records: readonly HeartbeatRecord[]): void {
  for (const record of records) {
    for (const id of record.sessionIds) {
      const stored = work.sessions.get(id);
      if (stored === undefined) {
        work.warnings.push(`heartbeat of session ${id}: no such session`);
      } else if (stored.session.status === 'done') {
        work.warnings.push(`heartbeat of session ${id}: it is done`);
      } else {
        takeSign(work, stored, work.times.sentAtMs ?? work.times.arrivedAtMs);
      }
    }
    work.accepted += 1;
  }
}

/** Applies sender closes (D1). */
export function closeSenders(work: BatchWork, records: readonly CloseRecord[]): void {
  for (const record of records) {
    if (findSession(work, record) === undefined) continue;
    const { sessionId, sender, lastSeq, dropped, omitted } = record;
    const isNews = work.ledgers.close(sessionId, sender, lastSeq, dropped, omitted);
    if (isNews) work.accepted += 1;
    else work.duplicates += 1;
  }
}

/**
 * Applies the ends of a batch. They come before its events are counted, because what counts depends on where the end
 * lies (S5); events stored earlier that turn out to lie after the end are moved.
 */
export async function endSessions(work: BatchWork, records: readonly EndRecord[]): Promise<void> {
  for (const record of records) {
    const stored = findSession(work, record);
    if (stored === undefined) continue;
    const endedAtMs = correctTime(record.endedAtMs, work.offsetMs, work.times.arrivedAtMs);
    const isEnded = endSession(stored.session, {
      endedAtMs,
      endedAtSentMs: record.endedAtMs,
      sender: record.sender,
      lastSeq: record.lastSeq,
      closedBy: 'sdk',
    });
    const isClosed = closeEnder(work, record);
    if (isEnded) {
      work.sessions.touch(stored.session.id, true);
      await moveBeyondEnd(work, stored);
    }
    if (isEnded || isClosed) work.accepted += 1;
    else work.duplicates += 1;
  }
}

/**
 * Closes running sessions whose last sign of life, taken just now, is too old already (S3). After a gap in which no
 * process swept, those that ran before it are left to the sweep, which gives them back its length.
 */
export async function closeStale(context: CommandContext, sessions: SessionSet): Promise<void> {
  let sweptAtMs: number | null | undefined;
  for (const { session } of sessions.all()) {
    if (!isOverdue(session, context.nowMs, context)) continue;
    sweptAtMs ??= await context.tx.jobRanAt(sweepJob);
    if (sweptAtMs !== null && isGapBefore(context.nowMs, sweptAtMs, session.arrivedAtMs)) continue;
    if (closeIfStale(session, context.nowMs, context)) sessions.touch(session.id, true);
  }
}

/** Whether no process has swept for too long, and the session ran before that. */
function isGapBefore(nowMs: number, sweptAtMs: number, arrivedAtMs: number): boolean {
  const gapFromMs = sweptAtMs + deafAfterMs;
  return nowMs > gapFromMs && arrivedAtMs <= gapFromMs;
}

function closeEnder(work: BatchWork, record: EndRecord): boolean {
  const { sessionId, sender, lastSeq, dropped, omitted } = record;
  if (sender === null || lastSeq === null) return false;
  return work.ledgers.close(sessionId, sender, lastSeq, dropped, omitted);
}

async function moveBeyondEnd(work: BatchWork, stored: StoredSession): Promise<void> {
  const { session } = stored;
  for (const row of await work.context.tx.eventsBeyondEnd(stored)) {
    const { sender, startedAtMs } = row;
    const seq = row.closeSeq ?? row.seq;
    if (!isAfterEnd(session, { sender, seq, startedAtMs })) continue;
    session.position += 1;
    const moved = { ...row, afterEnd: true, position: session.position };
    if (row.state !== eventState.open) {
      countClosedEvent(session, factsOf(row), -1);
      countDay(work.days, session, row, -1);
      countClosedEvent(session, factsOf(moved));
    }
    await work.context.tx.replaceEvents(stored, [moved]);
  }
}
