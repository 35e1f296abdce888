import { afterEach, beforeEach, vi } from 'vitest';
import { TreeLease, type AskedPart, type Booking, type GrantedPart } from '../policy/tree-lease.ts';
import type { TreeLimit } from '../policy/snapshot.ts';
import { newTree } from '../policy/tree-spending.ts';

interface Asked {
  readonly spent: bigint;
  readonly want: bigint;
  readonly booked: bigint;
  readonly answer: (granted: bigint | null, more?: Partial<GrantedPart>) => Promise<void>;
}

/** A call, and what became of it: `waits` as long as nothing did. */
interface LeasedCall {
  state: string;
  booking: Booking | null;
}

/** What leases have asked a server that answers when a test says so; each test begins with none. */
export const asked: Asked[] = [];

/** The limit of calls of which nothing else is said. */
export const limit: TreeLimit = { nanoUsd: 6_400n, isLeased: true };

/** The tree and the lease that {@link book} and {@link spend} go by. */
export const held = { tree: newTree('root'), lease: new TreeLease(newTree('root'), ask) };

/** Each test of the file begins with a new tree, whose lease has asked for nothing, and with a clock of its own. */
export function leaseBeforeEach(): void {
  beforeEach(() => {
    vi.useFakeTimers();
    asked.length = 0;
    held.tree = newTree('root');
    held.lease = new TreeLease(held.tree, ask);
  });
  afterEach(() => void vi.useRealTimers());
}

/** What was asked last. */
export const last = (): Asked => asked.at(-1) as Asked;

/** Asks that server. */
export function ask(asking: AskedPart): Promise<GrantedPart | null> {
  let resolve: (part: GrantedPart | null) => void = () => {};
  const promise = new Promise<GrantedPart | null>((settle) => {
    resolve = settle;
  });
  const answer: Asked['answer'] = async (granted, more) => {
    const part = {
      rootSessionId: 'root',
      grantedNanoUsd: granted ?? 0n,
      holdsMs: 60_000,
      isExhausted: false,
      ...more,
    };
    resolve(granted === null ? null : part);
    await vi.advanceTimersByTimeAsync(0);
  };
  const { spentNanoUsd: spent, wantNanoUsd: want, bookedNanoUsd: booked } = asking;
  asked.push({ spent, want, booked, answer });
  return promise;
}

/** Books a call. */
export function book(estimate: bigint, limited = limit): LeasedCall {
  const call: LeasedCall = { state: 'waits', booking: null };
  const decide = (booking: Booking | null) => {
    call.booking = booking;
    call.state = booking === null ? 'refused' : 'goes';
  };
  const booked = held.lease.book(estimate, limited);
  if (booked instanceof Promise) void booked.then(decide);
  else decide(booked);
  return call;
}

/** A call is over, and cost so much. */
export async function spend(call: LeasedCall, cost: bigint): Promise<void> {
  call.booking?.settle();
  held.tree.spentNanoUsd += cost;
  await vi.advanceTimersByTimeAsync(0);
}
