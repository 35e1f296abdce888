import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TreeLease, type AskedPart, type Booking, type GrantedPart } from './tree-lease.ts';
import { newTree, type TreeSpending } from './tree-spending.ts';

interface Asked {
  readonly spent: bigint;
  readonly want: bigint;
  readonly booked: bigint;
  readonly answer: (granted: bigint | null, more?: Partial<GrantedPart>) => Promise<void>;
}

const limit = { nanoUsd: 6_400n, isLeased: true };

let tree: TreeSpending;
let asked: Asked[];
let lease: TreeLease;

beforeEach(() => {
  vi.useFakeTimers();
  tree = newTree('root');
  asked = [];
  lease = new TreeLease(tree, ask);
});
afterEach(() => {
  vi.useRealTimers();
});

function ask(asking: AskedPart): Promise<GrantedPart | null> {
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

/** Books, and tells what became of it: `waits` as long as nothing did. */
function book(estimate: bigint, limited = limit): { state: string; booking: Booking | null } {
  const call: { state: string; booking: Booking | null } = { state: 'waits', booking: null };
  const decide = (booking: Booking | null) => {
    call.booking = booking;
    call.state = booking === null ? 'refused' : 'goes';
  };
  const booked = lease.book(estimate, limited);
  if (booked instanceof Promise) void booked.then(decide);
  else decide(booked);
  return call;
}

async function spend(call: { booking: Booking | null }, cost: bigint): Promise<void> {
  call.booking?.settle();
  tree.spentNanoUsd += cost;
  await vi.advanceTimersByTimeAsync(0);
}

const last = () => asked.at(-1) as Asked;

describe('TreeLease.book()', () => {
  test('asks for the call and some ahead, and then goes without a round trip (P10)', async () => {
    const first = book(10n);
    expect(asked.map(({ spent, want }) => [spent, want])).toEqual([[0n, 90n]]);
    expect(first.state).toBe('waits');
    await last().answer(90n);
    expect(first.state).toBe('goes');
    for (let count = 0; count < 8; count += 1) {
      const call = book(10n);
      expect(call.state).toBe('goes');
      await spend(call, 10n);
    }
    expect(asked.length).toBe(1);
    expect(book(10n).state).toBe('waits');
    expect([last().spent, last().want]).toEqual([80n, 100n]);
  });

  test('puts the cost in place of the estimate when the call is over (P10)', async () => {
    const first = book(10n);
    await last().answer(25n);
    const second = book(10n);
    expect(second.state).toBe('goes');
    await spend(first, 2n);
    first.booking?.settle();
    expect(book(10n).state).toBe('goes');
    expect(asked.length).toBe(1);
  });

  test('calls that wait share one request (P10)', async () => {
    const calls = Array.from({ length: 100 }, () => book(10n));
    expect(asked.length).toBe(1);
    await last().answer(last().want);
    expect(asked.length).toBe(2);
    expect(last().want).toBe(1_080n);
    await last().answer(1_080n);
    expect(calls.every(({ state }) => state === 'goes')).toBe(true);
    expect(asked.length).toBe(2);
  });

  test('the last of the money lets one call go, and the others as it comes back (P10)', async () => {
    const calls = [book(10n), book(10n), book(10n)];
    await last().answer(4n);
    expect(calls.map(({ state }) => state)).toEqual(['goes', 'waits', 'waits']);
    await spend(calls[0] as (typeof calls)[0], 3n);
    expect(calls.map(({ state }) => state)).toEqual(['goes', 'goes', 'waits']);
    await spend(calls[1] as (typeof calls)[0], 3n);
    await vi.advanceTimersByTimeAsync(200);
    expect([last().spent, last().want]).toEqual([6n, 90n]);
    await last().answer(0n, { isExhausted: true });
    expect(calls[2]?.state).toBe('refused');
  });

  test('waits two seconds for what others hold, and asks now and then (P10)', async () => {
    const call = book(10n);
    await last().answer(0n);
    for (let count = 0; count < 8; count += 1) {
      await vi.advanceTimersByTimeAsync(200);
      await last().answer(0n);
    }
    expect(asked.length).toBe(9);
    expect(call.state).toBe('waits');
    await vi.advanceTimersByTimeAsync(400);
    expect(call.state).toBe('refused');
    const lucky = book(10n);
    await vi.advanceTimersByTimeAsync(200);
    await last().answer(10n);
    expect(lucky.state).toBe('goes');
  });

  test('a spent budget refuses at once, without being asked about each call (P10)', async () => {
    const call = book(10n);
    await last().answer(0n, { isExhausted: true });
    expect(call.state).toBe('refused');
    const next = book(10n);
    await vi.advanceTimersByTimeAsync(0);
    expect([next.state, asked.length]).toEqual(['refused', 1]);
    await vi.advanceTimersByTimeAsync(1_000);
    const raised = book(10n);
    await last().answer(90n);
    expect(raised.state).toBe('goes');
  });

  test('of those that waited one goes where money is only booked, not spent (P10)', async () => {
    const slow = book(10n);
    await last().answer(10n);
    const calls = [book(10n), book(10n), book(10n)];
    for (let count = 0; count < 9; count += 1) {
      await vi.advanceTimersByTimeAsync(200);
      expect([last().want, last().booked]).toEqual([120n, 10n]);
      await last().answer(10n);
    }
    const states = () => calls.map(({ state }) => state);
    expect([slow.state, ...states()]).toEqual(['goes', 'waits', 'waits', 'waits']);
    await vi.advanceTimersByTimeAsync(200);
    expect(states()).toEqual(['goes', 'refused', 'refused']);
  });

  test('a call of unknown price takes no room, and stops where nothing is left (P10)', async () => {
    const call = book(0n);
    expect(last().want).toBe(1n);
    await last().answer(1n);
    expect(call.state).toBe('goes');
    await spend(call, 5n);
    const next = book(0n);
    await last().answer(0n, { isExhausted: true });
    expect(next.state).toBe('refused');
  });
});

describe('without the server', () => {
  test('a call goes as soon as that is known, and the server is left alone for a while (P10)', async () => {
    const call = book(10n);
    await last().answer(null);
    expect(call.state).toBe('goes');
    const more = Array.from({ length: 50 }, () => book(10n));
    await vi.advanceTimersByTimeAsync(0);
    expect(more.every(({ state }) => state === 'goes')).toBe(true);
    expect(asked.length).toBe(1);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(book(10n).state).toBe('waits');
    expect(asked.length).toBe(2);
  });

  test('what the server told last and what was spent here since decide (P10)', async () => {
    Object.assign(tree, { toldNanoUsd: 6_000n, freshNanoUsd: 300n });
    const calls = [book(60n)];
    await last().answer(null);
    calls.push(book(60n), book(60n));
    await vi.advanceTimersByTimeAsync(0);
    expect(calls.map(({ state }) => state)).toEqual(['goes', 'goes', 'waits']);
    tree.freshNanoUsd += 30n;
    await spend(calls[0] as (typeof calls)[0], 30n);
    expect(calls[2]?.state).toBe('goes');
    tree.freshNanoUsd += 100n;
    for (const call of calls.slice(1)) await spend(call, 50n);
    expect(asked.length).toBe(1);
    const late = book(1n);
    await vi.advanceTimersByTimeAsync(0);
    expect(late.state).toBe('refused');
  });

  test('a lease that stops then is spent, and nothing else until it is back (P10)', async () => {
    lease = new TreeLease(tree, ask, true);
    book(10n);
    await last().answer(90n);
    const calls = Array.from({ length: 8 }, () => book(10n));
    expect(calls.every(({ state }) => state === 'goes')).toBe(true);
    const [further, own] = [book(10n), { nanoUsd: 1_000n, isLeased: false }];
    expect(lease.isStopped).toBe(false);
    await last().answer(null);
    expect([further.state, lease.isStopped]).toEqual(['refused', true]);
    const [next, unleased] = [book(10n), book(10n, own)];
    await vi.advanceTimersByTimeAsync(0);
    expect([next.state, unleased.state]).toEqual(['refused', 'goes']);
    await vi.advanceTimersByTimeAsync(5_000);
    const again = book(10n);
    await last().answer(200n);
    expect([again.state, lease.isStopped]).toEqual(['goes', false]);
  });

  test('a lease that stops then takes two seconds without a word for that (P10)', async () => {
    lease = new TreeLease(tree, ask, true);
    const call = book(10n);
    await vi.advanceTimersByTimeAsync(1_999);
    expect([call.state, lease.isStopped]).toEqual(['waits', false]);
    await vi.advanceTimersByTimeAsync(1);
    expect([call.state, lease.isStopped]).toEqual(['refused', true]);
  });

  test('a limit that it does not know of is kept by what is known here (P8, P10)', async () => {
    const own = { nanoUsd: 100n, isLeased: false };
    const calls = [book(60n, own), book(60n, own), book(60n, own), book(60n, own)];
    await vi.advanceTimersByTimeAsync(0);
    expect(calls.map(({ state }) => state)).toEqual(['goes', 'goes', 'waits', 'waits']);
    await spend(calls[0] as (typeof calls)[0], 10n);
    expect(calls.map(({ state }) => state)).toEqual(['goes', 'goes', 'goes', 'waits']);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(calls[3]?.state).toBe('refused');
    expect(asked).toEqual([]);
  });

  test('nobody waits longer than two seconds for an answer (P10)', async () => {
    const call = book(10n);
    await vi.advanceTimersByTimeAsync(1_999);
    expect(call.state).toBe('waits');
    await vi.advanceTimersByTimeAsync(1);
    expect(call.state).toBe('goes');
  });

  test('the lease is spent first (P10)', async () => {
    book(10n);
    await last().answer(90n);
    const calls = Array.from({ length: 8 }, () => book(10n));
    expect(calls.every(({ state }) => state === 'goes')).toBe(true);
    const further = book(10n);
    await last().answer(null);
    expect(further.state).toBe('goes');
    expect(asked.length).toBe(2);
  });
});

describe('a lease that is held', () => {
  test('is renewed before it ends, with what is booked of it (P10)', async () => {
    book(10n);
    await last().answer(90n);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(asked.length).toBe(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([asked.length, last().spent, last().want]).toEqual([2, 0n, 90n]);
    await last().answer(90n);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(asked.length).toBe(2);
  });

  test('is nothing any more once it ran out (P10)', async () => {
    const call = book(10n);
    await last().answer(90n, { holdsMs: 500 });
    await spend(call, 10n);
    await vi.advanceTimersByTimeAsync(600);
    expect(book(10n).state).toBe('waits');
    expect([last().spent, last().want]).toEqual([10n, 90n]);
  });

  test('goes back when it is idle and others may want it (P10)', async () => {
    const call = book(10n);
    await last().answer(80n);
    await spend(call, 10n);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([asked.length, last().spent, last().want]).toEqual([2, 10n, 0n]);
    expect(book(10n).state).toBe('waits');
    await last().answer(0n);
    expect([asked.length, last().want]).toEqual([3, 90n]);
  });

  test('flows back at the end, with what was spent, and without waiting (P10)', async () => {
    const call = book(10n);
    await last().answer(90n);
    await spend(call, 7n);
    lease.giveBack();
    expect([asked.length, last().spent, last().want]).toEqual([2, 7n, 0n]);
    await vi.advanceTimersByTimeAsync(120_000);
    lease.giveBack();
    expect(asked.length).toBe(2);
  });

  test('flows back after an answer that is still to come (P10)', async () => {
    book(10n);
    lease.giveBack();
    expect(asked.length).toBe(1);
    await last().answer(90n);
    expect([asked.length, last().want]).toEqual([2, 0n]);
  });

  test('goes on in the name of another session of the tree (P10)', async () => {
    const call = book(10n);
    lease.renew();
    await last().answer(90n);
    expect([asked.length, last().want]).toEqual([2, 90n]);
    await last().answer(90n);
    await spend(call, 10n);
    lease.renew();
    expect([last().spent, last().want]).toEqual([10n, 80n]);
  });
});

describe('two trees that turn out to be one', () => {
  /** A lease of sessions whose root was not known, taken over by the other. */
  function startPart(spentNanoUsd: bigint): { part: TreeSpending; partLease: TreeLease } {
    const part: TreeSpending = { ...newTree('child'), spentNanoUsd };
    return { part, partLease: new TreeLease(part, ask) };
  }

  function merge(part: TreeSpending, partLease: TreeLease): void {
    tree.spentNanoUsd += part.spentNanoUsd;
    part.whole = tree;
    lease.absorb(partLease);
  }

  test('share what is asked anew, with what both have spent and booked (P10)', async () => {
    const first = book(10n);
    await last().answer(90n);
    await spend(first, 5n);
    const { part, partLease } = startPart(3n);
    const other = lease;
    lease = partLease;
    const [going, waiting] = [book(20n), book(20n)];
    await last().answer(20n);
    expect([going.state, waiting.state]).toEqual(['goes', 'waits']);
    lease = other;
    merge(part, partLease);
    expect([last().spent, last().want, last().booked]).toEqual([8n, 120n, 20n]);
    expect(book(1n).state).toBe('waits');
    await last().answer(120n);
    expect(waiting.state).toBe('goes');
    await spend(going, 20n);
    expect(book(60n).state).toBe('goes');
  });

  test('an answer to the part is heard no more, and counts nothing twice (P10)', async () => {
    const { part, partLease } = startPart(0n);
    const other = lease;
    lease = partLease;
    const call = book(10n);
    const late = last();
    lease = other;
    merge(part, partLease);
    await late.answer(1_000n);
    expect(call.state).toBe('waits');
    lease.absorb(partLease);
    await last().answer(10n);
    expect([asked.length, last().booked]).toEqual([3, 10n]);
    expect(call.state).toBe('goes');
    call.booking?.settle();
    partLease.giveBack();
    expect(asked.length).toBe(3);
  });

  test('nobody of the part waits longer than two seconds (P10)', async () => {
    const { part, partLease } = startPart(0n);
    const other = lease;
    lease = partLease;
    const call = book(10n);
    await vi.advanceTimersByTimeAsync(500);
    lease = other;
    merge(part, partLease);
    await vi.advanceTimersByTimeAsync(1_499);
    expect(call.state).toBe('waits');
    await vi.advanceTimersByTimeAsync(1);
    expect(call.state).toBe('goes');
  });
});
