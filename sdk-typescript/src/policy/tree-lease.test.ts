import { describe, expect, test, vi } from 'vitest';
import { ask, asked, book, held, last, leaseBeforeEach, spend } from '../testing/lease-fixture.ts';
import { TreeLease } from './tree-lease.ts';
import { newTree, type TreeSpending } from './tree-spending.ts';

leaseBeforeEach();

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
    held.lease.giveBack();
    expect([asked.length, last().spent, last().want]).toEqual([2, 7n, 0n]);
    await vi.advanceTimersByTimeAsync(120_000);
    held.lease.giveBack();
    expect(asked.length).toBe(2);
  });

  test('flows back after an answer that is still to come (P10)', async () => {
    book(10n);
    held.lease.giveBack();
    expect(asked.length).toBe(1);
    await last().answer(90n);
    expect([asked.length, last().want]).toEqual([2, 0n]);
  });

  test('goes on in the name of another session of the tree (P10)', async () => {
    const call = book(10n);
    held.lease.renew();
    await last().answer(90n);
    expect([asked.length, last().want]).toEqual([2, 90n]);
    await last().answer(90n);
    await spend(call, 10n);
    held.lease.renew();
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
    held.tree.spentNanoUsd += part.spentNanoUsd;
    part.whole = held.tree;
    held.lease.absorb(partLease);
  }

  test('share what is asked anew, with what both have spent and booked (P10)', async () => {
    const first = book(10n);
    await last().answer(90n);
    await spend(first, 5n);
    const { part, partLease } = startPart(3n);
    const other = held.lease;
    held.lease = partLease;
    const [going, waiting] = [book(20n), book(20n)];
    await last().answer(20n);
    expect([going.state, waiting.state]).toEqual(['goes', 'waits']);
    held.lease = other;
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
    const other = held.lease;
    held.lease = partLease;
    const call = book(10n);
    const late = last();
    held.lease = other;
    merge(part, partLease);
    await late.answer(1_000n);
    expect(call.state).toBe('waits');
    held.lease.absorb(partLease);
    await last().answer(10n);
    expect([asked.length, last().booked]).toEqual([3, 10n]);
    expect(call.state).toBe('goes');
    call.booking?.settle();
    partLease.giveBack();
    expect(asked.length).toBe(3);
  });

  test('nobody of the part waits longer than two seconds (P10)', async () => {
    const { part, partLease } = startPart(0n);
    const other = held.lease;
    held.lease = partLease;
    const call = book(10n);
    await vi.advanceTimersByTimeAsync(500);
    held.lease = other;
    merge(part, partLease);
    await vi.advanceTimersByTimeAsync(1_499);
    expect(call.state).toBe('waits');
    await vi.advanceTimersByTimeAsync(1);
    expect(call.state).toBe('goes');
  });
});
