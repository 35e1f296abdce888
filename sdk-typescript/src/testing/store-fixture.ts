import { randomUUID } from 'node:crypto';
import { ownIdentity } from '../spool/process-identity.ts';
import { RecordStore, storeLimits, type StoreLimits } from '../spool/record-store.ts';
import type { SegmentOwner } from '../spool/segment-name.ts';
import type { RecordHead } from '../transport/entry.ts';

/** A store for a test, with what it told. */
export interface TestStore {
  readonly store: RecordStore;
  readonly troubles: unknown[];
  readonly dropped: { readonly heads: readonly RecordHead[]; readonly reason: string }[];
  /** The store's clock, in milliseconds. */
  readonly clock: { nowMs: number };
}

/** The sender of every test record. */
export const testSender = '11111111-1111-4111-8111-111111111111';
/** The session of every test record. */
export const testSession = '22222222-2222-4222-8222-222222222222';

/** Opens a store in `folder`; null keeps all in memory. */
export function openTestStore(
  folder: string | null,
  limits: Partial<StoreLimits> = {},
  owner: SegmentOwner = ownIdentity(),
): TestStore {
  const troubles: unknown[] = [];
  const dropped: TestStore['dropped'] = [];
  const clock = { nowMs: Date.now() };
  const store = new RecordStore({
    folder,
    owner,
    sender: testSender,
    limits: { ...storeLimits, ...limits },
    nowMs: () => clock.nowMs,
    newId: randomUUID,
    onDiskTrouble: (error) => troubles.push(error),
    onDropped: (heads, reason) => dropped.push({ heads, reason }),
  });
  return { store, troubles, dropped, clock };
}

/** The JSON and head of one event record. */
export function eventRecord(seq: number, padding = 0): { json: string; head: RecordHead } {
  const json = JSON.stringify({
    kind: 'event',
    session_id: testSession,
    sender: testSender,
    seq,
    ...(padding > 0 ? { data: { text: 'x'.repeat(padding) } } : {}),
  });
  const numbered = { sender: testSender, seq, lastSeq: null } as const;
  return { json, head: { kind: 'event', sessionId: testSession, ...numbered } };
}

/** The JSON and head of the test session's start. */
export function startOfSession(): { json: string; head: RecordHead } {
  const json = JSON.stringify({ kind: 'session.start', session_id: testSession });
  const none = { sender: null, seq: null, lastSeq: null } as const;
  return { json, head: { kind: 'session.start', sessionId: testSession, ...none } };
}

/** Appends events numbered `from` to `to`. */
export function appendEvents(store: RecordStore, from: number, to: number, padding = 0): void {
  for (let seq = from; seq <= to; seq += 1) {
    const { json, head } = eventRecord(seq, padding);
    store.append(json, head);
  }
}

/** Takes and settles everything; the numbers in the order of taking. */
export function drainSeqs(store: RecordStore, batch = 100): (number | null)[] {
  const seqs: (number | null)[] = [];
  for (;;) {
    const entries = store.take(batch, 1024 * 1024);
    if (entries.length === 0) return seqs;
    seqs.push(...entries.map(({ head }) => head.seq));
    store.settle(entries);
  }
}
