import { describe, expect, test, vi } from 'vitest';
import {
  ask,
  asked,
  book,
  held,
  last,
  leaseBeforeEach,
  limit,
  spend,
} from '../testing/lease-fixture.ts';
import { TreeLease } from './tree-lease.ts';
import { newTree } from './tree-spending.ts';

leaseBeforeEach();

describe('TreeLease.book() without the server', () => {
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
    Object.assign(held.tree, { toldNanoUsd: 6_000n, freshNanoUsd: 300n });
    const calls = [book(60n)];
    await last().answer(null);
    calls.push(book(60n), book(60n));
    await vi.advanceTimersByTimeAsync(0);
    expect(calls.map(({ state }) => state)).toEqual(['goes', 'goes', 'waits']);
    held.tree.freshNanoUsd += 30n;
    await spend(calls[0] as (typeof calls)[0], 30n);
    expect(calls[2]?.state).toBe('goes');
    held.tree.freshNanoUsd += 100n;
    for (const call of calls.slice(1)) await spend(call, 50n);
    expect(asked.length).toBe(1);
    const late = book(1n);
    await vi.advanceTimersByTimeAsync(0);
    expect(late.state).toBe('refused');
  });

  test('a lease that stops then is spent, and nothing else until it is back (P10)', async () => {
    held.lease = new TreeLease(held.tree, ask, true);
    book(10n);
    await last().answer(90n);
    const calls = Array.from({ length: 8 }, () => book(10n));
    expect(calls.every(({ state }) => state === 'goes')).toBe(true);
    const [further, own] = [book(10n), { nanoUsd: 1_000n, isLeased: false }];
    expect(held.lease.isStopped).toBe(false);
    await last().answer(null);
    expect([further.state, held.lease.isStopped]).toEqual(['refused', true]);
    const [next, unleased] = [book(10n), book(10n, own)];
    await vi.advanceTimersByTimeAsync(0);
    expect([next.state, unleased.state]).toEqual(['refused', 'goes']);
    await vi.advanceTimersByTimeAsync(5_000);
    const again = book(10n);
    await last().answer(200n);
    expect([again.state, held.lease.isStopped]).toEqual(['goes', false]);
  });

  test('a lease that stops then takes two seconds without a word for that (P10)', async () => {
    held.lease = new TreeLease(held.tree, ask, true);
    const call = book(10n);
    await vi.advanceTimersByTimeAsync(1_999);
    expect([call.state, held.lease.isStopped]).toEqual(['waits', false]);
    await vi.advanceTimersByTimeAsync(1);
    expect([call.state, held.lease.isStopped]).toEqual(['refused', true]);
  });

  test('a limit that it does not know of is kept by what is known here (P8, P10)', async () => {
    const own = { nanoUsd: 100n, isLeased: false };
    const calls = [book(60n, own), book(60n, own), book(60n, own), book(60n, own)];
    await vi.advanceTimersByTimeAsync(0);
    expect(calls.map(({ state }) => state)).toEqual(['goes', 'goes', 'waits', 'waits']);
    await spend(calls[0] as (typeof calls)[0], 10n);
    expect(calls.map(({ state }) => state)).toEqual(['goes', 'goes', 'goes', 'waits']);
    for (const call of calls.slice(1)) await spend(call, 45n);
    expect(calls[3]?.state).toBe('refused');
    expect(asked).toEqual([]);
  });

  test('nobody is refused for money that is only booked, but waits two seconds for it (P8, P10)', async () => {
    const own = { nanoUsd: 100n, isLeased: false };
    const calls = [limit, own].map((limited) => {
      held.lease = new TreeLease(newTree('other'), ask);
      return Array.from({ length: 10 }, () => book(60n, { ...limited, nanoUsd: 100n }));
    });
    await last().answer(null);
    const states = () => calls.map((ten) => ten.map(({ state }) => state));
    const begun = ['goes', 'goes', ...Array<string>(8).fill('waits')];
    expect(states()).toEqual([begun, begun]);
    await vi.advanceTimersByTimeAsync(1_999);
    expect(states()).toEqual([begun, begun]);
    await vi.advanceTimersByTimeAsync(1);
    expect(
      states()
        .flat()
        .every((state) => state === 'goes'),
    ).toBe(true);
  });

  test('nor where the server was heard while they waited, and went away then (P10)', async () => {
    const slow = book(6_400n);
    await last().answer(6_400n);
    const call = book(10n);
    await last().answer(6_400n);
    await vi.advanceTimersByTimeAsync(200);
    await last().answer(null);
    expect([slow.state, call.state]).toEqual(['goes', 'waits']);
    await vi.advanceTimersByTimeAsync(1_800);
    expect(call.state).toBe('goes');
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
