import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePolicies } from './compile-policies.ts';
import { grantLease, treeBudget, type BudgetLease, type LeaseRequest } from './grant-lease.ts';
import { readPolicy } from './parse-policy.ts';

const none: BudgetLease = {
  capNanoUsd: 0n,
  spentNanoUsd: 0n,
  ingestedNanoUsd: 0n,
  unmetNanoUsd: 0n,
  isLive: false,
};

const lease = (capNanoUsd: bigint, more: Partial<BudgetLease> = {}): BudgetLease => ({
  ...none,
  capNanoUsd,
  isLive: true,
  ...more,
});

const ask = (more: Partial<LeaseRequest>): LeaseRequest => ({
  limitNanoUsd: 100n,
  treeCostNanoUsd: 0n,
  spentNanoUsd: 0n,
  wantNanoUsd: 40n,
  own: none,
  others: [],
  ...more,
});

describe('treeBudget() (P10)', () => {
  const policies = (...fields: object[]) =>
    compilePolicies(
      fields.map((one, index) => {
        const limit = { type: 'cost_limit', scope: 'tree', action: { type: 'abort' } };
        return readPolicy({ id: `p${index}`, ...limit, ...one });
      }),
      'router',
      'production',
    );
  const cost = (usd: number) => ({ condition: { cost_exceeded: usd } });

  test('is the smallest limit that stops the tree and is enforced', () => {
    const all = [
      cost(3),
      cost(2),
      { ...cost(1), mode: 'shadow' },
      { ...cost(1), mode: 'off' },
      { ...cost(1), action: { type: 'warn' } },
      { ...cost(1), scope: 'session' },
      { ...cost(1), agent_id: 'other' },
    ];
    expect(treeBudget(policies(...all))).toBe(2_000_000_000n);
    expect(treeBudget(policies({ ...cost(1), scope: 'day' }))).toBe(null);
    expect(treeBudget(policies())).toBe(null);
  });
});

describe('grantLease() (P10)', () => {
  test('grants what is wanted while it is there, then what is left', () => {
    expect(grantLease(ask({}))).toEqual({
      grantedNanoUsd: 40n,
      lease: { capNanoUsd: 40n, spentNanoUsd: 0n, ingestedNanoUsd: 0n, unmetNanoUsd: 0n },
      isExhausted: false,
    });
    const short = grantLease(ask({ treeCostNanoUsd: 70n }));
    expect(short.grantedNanoUsd).toBe(30n);
    expect(short.lease.unmetNanoUsd).toBe(10n);
  });

  test('what others hold is not granted; what ran out is charged with what was said', () => {
    expect(grantLease(ask({ others: [lease(90n)] })).grantedNanoUsd).toBe(10n);
    const dead = lease(90n, { isLive: false, spentNanoUsd: 70n });
    expect(grantLease(ask({ others: [dead] })).grantedNanoUsd).toBe(30n);
    const ingested = { ...dead, ingestedNanoUsd: 70n };
    expect(grantLease(ask({ others: [ingested], treeCostNanoUsd: 70n })).grantedNanoUsd).toBe(30n);
  });

  test('what of a lease is in the cost of the tree is not counted twice', () => {
    const own = lease(40n, { spentNanoUsd: 10n, ingestedNanoUsd: 30n });
    const renewed = grantLease(
      ask({ own, spentNanoUsd: 35n, treeCostNanoUsd: 30n, wantNanoUsd: 99n }),
    );
    expect(renewed.grantedNanoUsd).toBe(65n);
    expect(renewed.lease.capNanoUsd).toBe(100n);
  });

  test('a sender that says less than before has spent what it said before', () => {
    const own = lease(40n, { spentNanoUsd: 30n });
    const renewed = grantLease(ask({ own, spentNanoUsd: 5n, wantNanoUsd: 99n }));
    expect(renewed.lease).toMatchObject({ spentNanoUsd: 30n, capNanoUsd: 100n });
  });

  test('who renews while others wait keeps half of what is left; who waits gets all that is free', () => {
    const own = lease(100n, { spentNanoUsd: 20n });
    const waiting = lease(0n, { unmetNanoUsd: 40n });
    const renewed = grantLease(
      ask({ own, spentNanoUsd: 20n, wantNanoUsd: 80n, others: [waiting] }),
    );
    expect(renewed.grantedNanoUsd).toBe(40n);
    const halved = { ...own, ...renewed.lease, isLive: true };
    expect(grantLease(ask({ own: waiting, others: [halved] })).grantedNanoUsd).toBe(40n);
    // Where it is enough for both nobody gives anything up.
    const rich = ask({ limitNanoUsd: 200n, own, spentNanoUsd: 20n, wantNanoUsd: 80n });
    expect(grantLease({ ...rich, others: [waiting] }).grantedNanoUsd).toBe(80n);
  });

  test('wanting nothing gives all back', () => {
    const back = grantLease(ask({ own: lease(60n, { spentNanoUsd: 20n }), wantNanoUsd: 0n }));
    expect(back.lease).toMatchObject({ capNanoUsd: 20n, unmetNanoUsd: 0n });
  });

  test('calls under way keep what they are booked at while others wait', () => {
    const held = { own: lease(100n, { spentNanoUsd: 20n }), spentNanoUsd: 20n, wantNanoUsd: 80n };
    const short = { ...held, others: [lease(0n, { unmetNanoUsd: 90n })], treeCostNanoUsd: 0n };
    expect(grantLease(ask({ ...short, bookedNanoUsd: 50n })).grantedNanoUsd).toBe(65n);
    expect(grantLease(ask({ ...short, bookedNanoUsd: 80n })).grantedNanoUsd).toBe(80n);
    expect(grantLease(ask({ ...short, bookedNanoUsd: 999n })).grantedNanoUsd).toBe(80n);
  });

  test('is exhausted when nothing would be left without any lease', () => {
    const held = grantLease(ask({ others: [lease(100n)] }));
    expect([held.grantedNanoUsd, held.isExhausted]).toEqual([0n, false]);
    const spent = grantLease(
      ask({ others: [lease(100n, { spentNanoUsd: 60n })], treeCostNanoUsd: 40n }),
    );
    expect([spent.grantedNanoUsd, spent.isExhausted]).toEqual([0n, true]);
    expect(grantLease(ask({ treeCostNanoUsd: 150n }))).toMatchObject({
      grantedNanoUsd: 0n,
      isExhausted: true,
    });
  });

  const amount = fc.bigInt({ min: 0n, max: 200n });
  const anyLease = fc.record({
    capNanoUsd: amount,
    spentNanoUsd: amount,
    ingestedNanoUsd: amount,
    unmetNanoUsd: amount,
    isLive: fc.boolean(),
  });
  const anyAsk = fc.record({
    limitNanoUsd: amount,
    treeCostNanoUsd: amount,
    spentNanoUsd: amount,
    wantNanoUsd: amount,
    bookedNanoUsd: amount,
    own: anyLease,
    others: fc.array(anyLease, { maxLength: 5 }),
  });
  const atLeast0 = (value: bigint) => (value > 0n ? value : 0n);
  const reserved = ({ capNanoUsd, spentNanoUsd, ingestedNanoUsd, isLive }: BudgetLease) =>
    atLeast0((isLive && capNanoUsd > spentNanoUsd ? capNanoUsd : spentNanoUsd) - ingestedNanoUsd);

  test('whatever stands, what it grants and all that is taken fit into the budget', () => {
    const check = fc.property(anyAsk, (asked) => {
      const { grantedNanoUsd, lease: own } = grantLease(asked);
      const all = [...asked.others, { ...own, isLive: true }];
      const taken = all.reduce((sum, one) => sum + reserved(one), asked.treeCostNanoUsd);
      expect(grantedNanoUsd).toBeGreaterThanOrEqual(0n);
      expect(grantedNanoUsd).toBeLessThanOrEqual(asked.wantNanoUsd);
      expect(own.unmetNanoUsd).toBe(asked.wantNanoUsd - grantedNanoUsd);
      if (grantedNanoUsd > 0n) expect(taken).toBeLessThanOrEqual(asked.limitNanoUsd);
    });
    fc.assert(check, { numRuns: 2_000 });
  });

  test('whoever holds nothing gets all that is free, and nobody gives up more than half of what is not booked', () => {
    const check = fc.property(anyAsk, (asked) => {
      const { grantedNanoUsd, lease: own } = grantLease(asked);
      const charged = atLeast0(own.spentNanoUsd - own.ingestedNanoUsd);
      const taken = asked.others.reduce((sum, one) => sum + reserved(one), asked.treeCostNanoUsd);
      const free = atLeast0(asked.limitNanoUsd - taken - charged);
      const most = free < asked.wantNanoUsd ? free : asked.wantNanoUsd;
      const held = asked.own.isLive ? atLeast0(asked.own.capNanoUsd - own.spentNanoUsd) : 0n;
      const booked = held < asked.bookedNanoUsd ? held : asked.bookedNanoUsd;
      const half = booked + (held - booked + 1n) / 2n;
      const least = held === 0n || half > most ? most : half;
      expect(grantedNanoUsd).toBeGreaterThanOrEqual(least);
      expect(grantedNanoUsd).toBeLessThanOrEqual(most);
    });
    fc.assert(check, { numRuns: 2_000 });
  });
});
