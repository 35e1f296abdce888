import { createSession } from '@niitaka/core/session/create-session.ts';
import type { Session } from '@niitaka/core/session/session.ts';
import type { BudgetTx } from '../budget-tx.ts';
import { eventState, type EventRow } from '../event-row.ts';
import type { SessionExtras, SessionTx, StoredSession } from '../session-tx.ts';

/** An empty engine under test, with two organisations in it. */
export interface WriteEngine {
  /** Runs the work in one transaction and commits it. */
  write<T>(work: (tx: SessionTx & BudgetTx) => Promise<T>): Promise<T>;
  /** The last revision that an organisation's changes were given. */
  revision(orgId: string): Promise<number>;
  /** Runs the work in a transaction that fails at its end. */
  writeAndFail(work: (tx: SessionTx & BudgetTx) => Promise<unknown>): Promise<void>;
  close(): Promise<void>;
}

/** The organisations that an engine under test begins with. */
export const contractOrgs = [
  '01990000-0000-7000-8000-0000000000f1',
  '01990000-0000-7000-8000-0000000000f2',
] as const;

/** An id by its number. */
export const id = (number: number) => `01990000-0000-7000-8000-${String(number).padStart(12, '0')}`;
/** A session without tags or metadata. */
export const noExtras: SessionExtras = { goalWords: '', tags: {}, metadata: null, truncated: null };

/** Inserts events of one session; answers per row whether it was new. */
export async function insertOf(
  tx: SessionTx,
  stored: StoredSession,
  rows: readonly EventRow[],
): Promise<boolean[]> {
  const [inserted = []] = await tx.insertEvents([{ stored, rows }]);
  return inserted;
}
/** Beyond 2^53: a sum that a double would round. */
export const large = 9_007_199_254_740_993n;

/** A session with every field of its identity. */
export function sessionOf(number: number, changes: Partial<Session> = {}): Session {
  const identity = {
    id: id(number),
    agentId: 'router',
    goal: 'find me',
    environment: 'production',
    experimentId: 'tone',
    variant: 'b',
    agentVersion: '1.2',
    userId: 'u',
    conversationId: 'c',
    startedAtMs: 1_000,
    startedAtSentMs: 900,
    arrivedAtMs: 1_100,
    clockOffsetMs: -100,
    policySource: 'file',
    policyHash: 'abc',
  };
  const link = {
    parentSessionId: null,
    rootSessionId: id(number),
    depth: 0,
    parentRefused: null,
    childCount: 0,
  };
  return { ...createSession(identity, link, 1_000), ...changes };
}

/** A finished event with every field. */
export function eventOf(number: number, changes: Partial<EventRow> = {}): EventRow {
  return {
    id: id(number),
    position: number,
    type: 'llm',
    state: eventState.finished,
    afterEnd: false,
    level: 'info',
    sender: id(900),
    seq: number,
    closeSeq: null,
    parentEventId: id(901),
    startedAtMs: 2_000,
    endedAtMs: 3_000,
    startedAtSentMs: 1_900,
    endedAtSentMs: 2_900,
    receivedAtMs: 3_100,
    latencyMs: 999.5,
    name: 'plan',
    provider: 'openai',
    model: 'gpt-5',
    inputTokens: 10,
    outputTokens: 4,
    timeToFirstTokenMs: 12.5,
    costNanoUsd: large,
    costSource: 'computed',
    priceId: 1,
    costClasses: '{"input":"1"}',
    brief: 'stop',
    truncated: null,
    data: '{"a":"\\u0000\\ud800"}',
    ...changes,
  };
}
