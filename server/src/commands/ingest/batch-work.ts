import { clockOffset } from '@niitaka/core/event/correct-time.ts';
import type { Failure } from '@niitaka/core/result.ts';
import {
  dateSignOfLife,
  takeSignOfLife,
  type BatchTimes,
} from '@niitaka/core/session/sign-of-life.ts';
import type { Price } from '@niitaka/core/cost/price.ts';
import type { UsedModel } from '../../storage/policy-tx.ts';
import type { StoredSession } from '../../storage/session-tx.ts';
import type { CommandContext } from '../command.ts';
import { openSessionSet, type SessionSet } from '../session-set.ts';
import type { AnsweredDecision } from './answered-decision.ts';
import { noDayCounts, type DayCounts } from './day-counts.ts';
import type { FailedCall } from './evaluate-policies.ts';
import { openLedgers, type Ledgers } from './ledgers.ts';
import type { ParsedBatch, RefusedRecord } from './record.ts';

/** What the batches of one organisation in one transaction share. */
export interface GroupWork {
  readonly orgId: string;
  readonly sessions: SessionSet;
  readonly ledgers: Ledgers;
  readonly days: DayCounts;
  readonly priceIds: Map<Price, number>;
  readonly signalIds: string[];
  /** Sessions with events that were news in this group: their policies are asked. */
  readonly spending: Set<string>;
  readonly failedCalls: FailedCall[];
  /** What the policies said of running sessions, by session: the last word of the group. */
  readonly decisions: Map<string, AnsweredDecision>;
  /** Models that calls were priced by, by provider and name. */
  readonly models: Map<string, UsedModel>;
}

/** One batch being applied: what it works on and what came of its records so far. */
export interface BatchWork extends GroupWork {
  readonly context: CommandContext;
  readonly times: BatchTimes;
  /** The sender's clock against the server's, for times of this batch (E6). */
  readonly offsetMs: number;
  readonly deleted: ReadonlySet<string>;
  readonly refused: RefusedRecord[];
  readonly warnings: string[];
  /** Whether its sender asks the policies itself. */
  readonly evaluates: boolean;
  accepted: number;
  duplicates: number;
}

interface Owned {
  readonly index: number;
  readonly sessionId: string;
  readonly sender: string | null;
  readonly seq: number | null;
}

/** Opens the work on the batches of one organisation. */
export function openGroupWork(context: CommandContext, orgId: string): GroupWork {
  const sessions = openSessionSet(context, orgId);
  const ledgers = openLedgers(context.tx, sessions);
  return {
    orgId,
    sessions,
    ledgers,
    days: noDayCounts(),
    priceIds: new Map(),
    signalIds: [],
    spending: new Set(),
    failedCalls: [],
    decisions: new Map(),
    models: new Map(),
  };
}

/** Opens the work on one batch; `context` tells its moment of arrival, its sessions are loaded. */
export async function openBatchWork(
  context: CommandContext,
  group: GroupWork,
  batch: ParsedBatch,
  named: ReadonlySet<string>,
): Promise<BatchWork> {
  const times = { arrivedAtMs: context.nowMs, sentAtMs: batch.sentAtMs };
  const unknown = [...named].filter((id) => group.sessions.get(id) === undefined);
  return {
    ...group,
    context,
    times,
    offsetMs: clockOffset(times.arrivedAtMs, times.sentAtMs),
    deleted: await context.tx.deletedAmong(group.orgId, unknown),
    refused: [...batch.refused],
    warnings: [...batch.warnings],
    evaluates: batch.evaluates,
    accepted: 0,
    duplicates: 0,
  };
}

/** The session a record belongs to; without one the record is refused, for now or for good. */
export function findSession(work: BatchWork, record: Owned): StoredSession | undefined {
  const stored = work.sessions.get(record.sessionId);
  if (stored !== undefined) return stored;
  if (work.deleted.has(record.sessionId)) {
    refuse(work, record, {
      code: 'session_deleted',
      message: `Session ${record.sessionId} was deleted: nothing more is taken for it`,
      retryable: false,
    });
  } else {
    refuse(work, record, {
      code: 'session_not_found',
      message: `Session ${record.sessionId} has not started: send its session.start, then this record again`,
      retryable: true,
    });
  }
  return undefined;
}

/** Refuses one record; a final refusal of a numbered record is counted in its sender's ledger (D1). */
export function refuse(
  work: BatchWork,
  record: Owned,
  { code, message, retryable }: Failure,
): void {
  const { index, sessionId, sender, seq } = record;
  work.refused.push({ index, code, message, retryable, sessionId, sender, seq });
}

/** Counts a record as taken or as known already, and its number as received. */
export function settle(work: BatchWork, record: Owned, isNews: boolean): void {
  if (isNews) work.accepted += 1;
  else work.duplicates += 1;
  if (record.sender !== null && record.seq !== null) {
    work.ledgers.received(record.sessionId, record.sender, record.seq);
  }
}

/** The clock offset of a record's times: a numbered one's is that of its sender's first batch in the session (E6). */
export function offsetOf(
  { ledgers, offsetMs }: BatchWork,
  { sessionId, sender, seq }: Pick<Owned, 'sender' | 'seq'> & { readonly sessionId: string | null },
): number {
  if (sessionId === null || sender === null || seq === null) return offsetMs;
  return ledgers.clockOffsetMs(sessionId, sender);
}

/** Takes a record's time as a sign of life of its session (S3). */
export function takeSign(work: BatchWork, stored: StoredSession, happenedAtMs: number): void {
  const { session } = stored;
  const { lastSeenAtMs, status } = session;
  const signAtMs = dateSignOfLife(work.times, happenedAtMs);
  takeSignOfLife(session, signAtMs, work.context.nowMs, work.context);
  if (session.lastSeenAtMs !== lastSeenAtMs || session.status !== status) {
    work.sessions.touch(session.id, session.status !== status);
  }
}
