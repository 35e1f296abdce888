import fc from 'fast-check';
import type { Result } from '@niitaka/core/result.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPostgresStore } from '../testing/open-postgres-store.ts';
import { addOrganisation, openStore } from '../testing/open-store.ts';
import { end, llm, noonMs, numbered, senderId, sessionId, start } from '../testing/records.ts';
import type { Command } from './command.ts';
import { createPolicy } from './create-policy.ts';
import { deleteSession } from './delete-session.ts';
import { budgetLeasesKeptMs, forgetExpired } from './forget-expired.ts';
import { leaseBudget, leaseMs, type LeasedBudget } from './lease-budget.ts';

interface LeaseStore {
  setNow(nowMs: number): void;
  ingest(records: readonly object[], orgId: string): Promise<unknown>;
  run<Args, Value>(command: Command<Args, Value>, args: Args): Promise<Result<Value>>;
  close(): void | Promise<void>;
}

const orgOf = (round: number) => `01990000-0000-7000-8000-${round.toString(16).padStart(12, '0')}`;
const orgIds = Array.from({ length: 60 }, (_, round) => orgOf(round));
const rounds = 25;

async function openSqlite(): Promise<LeaseStore> {
  const store = openStore(noonMs);
  for (const orgId of orgIds) addOrganisation(store.db, orgId);
  return {
    setNow: (nowMs) => void (store.nowMs = nowMs),
    ingest: (records, orgId) => store.ingest(records, { orgId }),
    run: (command, args) => store.run(command, args),
    close: () => store.close(),
  };
}

async function openPostgres(): Promise<LeaseStore> {
  const store = await openPostgresStore(noonMs, orgIds);
  return {
    setNow: (nowMs) => void (store.nowMs = nowMs),
    ingest: (records, orgId) => store.ingest(records, orgId),
    run: (command, args) => store.run(command, args),
    close: () => store.close(),
  };
}

const limit = 1_000n;

const capOf = (orgId: string, more: object = {}) => ({
  orgId,
  actor: 'test',
  content: {
    name: 'cap',
    type: 'cost_limit',
    agentId: null,
    environment: null,
    priority: 0,
    scope: 'tree',
    mode: 'enforce',
    condition: { cost_exceeded: '0.000001' },
    action: { type: 'abort' },
    ...more,
  } as const,
});

const levels = [
  start(1, { agent_id: 'a' }),
  start(2, { agent_id: 'b', parent_session_id: sessionId(1) }),
  start(3, { agent_id: 'c', parent_session_id: sessionId(2) }),
];

const callOf = (session: number, sender: number, seq: number, nanoUsd: bigint) =>
  llm(session, sender * 10_000 + seq, {
    ...numbered(sender, seq),
    data: { model: 'm', cost_usd: Number(nanoUsd) / 1e9 },
  });

describe.each([
  ['SQLite', openSqlite],
  ['PostgreSQL', openPostgres],
])('leases on %s (P10)', (_name, open) => {
  let store: LeaseStore;
  let nowMs = noonMs;
  let lastOrg = 0;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());

  const pass = (ms: number) => {
    nowMs += ms;
    store.setNow(nowMs);
  };
  /** An organisation with a limit and a tree of three levels. */
  const tree = async (policy: object | null = {}): Promise<string> => {
    const orgId = orgOf((lastOrg += 1));
    if (policy !== null)
      expect((await store.run(createPolicy, capOf(orgId, policy))).ok).toBe(true);
    await store.ingest(levels, orgId);
    return orgId;
  };
  const tryLease = (orgId: string, sender: number, want: bigint, spent = 0n, session = 1) =>
    store.run(leaseBudget, {
      orgId,
      sessionId: sessionId(session),
      sender: senderId(sender),
      spentNanoUsd: spent,
      wantNanoUsd: want,
    });
  const lease = async (...args: Parameters<typeof tryLease>): Promise<LeasedBudget> => {
    const result = await tryLease(...args);
    if (!result.ok) throw new Error(result.failure.message);
    return result.value;
  };
  const granted = async (...args: Parameters<typeof tryLease>) =>
    (await lease(...args)).grantedNanoUsd;

  test('senders of a tree share its budget, from whichever level they ask', async () => {
    const orgId = await tree();
    expect(await lease(orgId, 1, 600n)).toEqual({
      rootSessionId: sessionId(1),
      grantedNanoUsd: 600n,
      expiresAtMs: nowMs + leaseMs,
      isExhausted: false,
    });
    expect(await granted(orgId, 2, 600n, 0n, 2)).toBe(400n);
    expect(await lease(orgId, 3, 1n, 0n, 3)).toMatchObject({
      grantedNanoUsd: 0n,
      isExhausted: false,
    });
  });

  test('calls under way keep what they are booked at; half of the rest goes to who waits', async () => {
    const orgId = await tree();
    const renew = async (bookedNanoUsd: bigint) => {
      const asked = { orgId, sessionId: sessionId(2), sender: senderId(1), spentNanoUsd: 0n };
      const leased = await store.run(leaseBudget, { ...asked, wantNanoUsd: 1_000n, bookedNanoUsd });
      return leased.ok ? leased.value : leased.failure;
    };
    expect(await granted(orgId, 1, 1_000n)).toBe(1_000n);
    expect(await granted(orgId, 2, 900n, 0n, 3)).toBe(0n);
    expect(await renew(600n)).toMatchObject({
      rootSessionId: sessionId(1),
      grantedNanoUsd: 800n,
      isExhausted: false,
    });
    expect(await granted(orgId, 2, 900n, 0n, 3)).toBe(200n);
    expect(await renew(800n)).toMatchObject({ grantedNanoUsd: 800n });
  });

  test('without a limit on the tree all is granted, and the root is told', async () => {
    const orgId = await tree(null);
    expect(await lease(orgId, 1, 9_000n, 0n, 3)).toEqual({
      rootSessionId: sessionId(1),
      grantedNanoUsd: 9_000n,
      expiresAtMs: nowMs + leaseMs,
      isExhausted: false,
    });
  });

  test('what was spent is charged once, whether it was told or has arrived', async () => {
    const orgId = await tree();
    await granted(orgId, 1, 500n);
    await store.ingest([callOf(2, 1, 1, 300n)], orgId);
    expect(await granted(orgId, 2, 500n)).toBe(500n);
    expect(await granted(orgId, 1, 999n, 400n)).toBe(100n);
    await store.ingest([callOf(3, 1, 2, 100n)], orgId);
    expect(await granted(orgId, 1, 999n, 400n)).toBe(100n);
  });

  test('what was spent before the first lease is found in the tree', async () => {
    const orgId = await tree();
    await store.ingest([callOf(2, 1, 1, 300n), callOf(3, 2, 1, 200n)], orgId);
    expect(await granted(orgId, 1, 999n, 350n, 2)).toBe(450n);
  });

  test('a lease that ran out is charged with what was told, the rest is free; what comes late is charged then', async () => {
    const orgId = await tree();
    await granted(orgId, 1, 900n);
    await granted(orgId, 1, 800n, 100n);
    expect(await granted(orgId, 2, 999n)).toBe(100n);
    pass(leaseMs);
    expect(await granted(orgId, 2, 999n)).toBe(900n);
    await store.ingest([callOf(1, 1, 1, 100n), callOf(1, 1, 2, 250n)], orgId);
    expect(await granted(orgId, 3, 999n)).toBe(0n);
    pass(leaseMs);
    expect(await granted(orgId, 3, 999n)).toBe(650n);
  });

  test('a short pool halves other leases at their renewal', async () => {
    const orgId = await tree();
    expect(await granted(orgId, 1, 1_000n)).toBe(1_000n);
    expect(await granted(orgId, 2, 300n)).toBe(0n);
    expect(await granted(orgId, 1, 900n, 100n)).toBe(600n);
    expect(await granted(orgId, 2, 300n)).toBe(300n);
  });

  test('the end of its session gives a lease back, and so does wanting nothing', async () => {
    const orgId = await tree();
    expect(await granted(orgId, 1, 1_000n, 0n, 3)).toBe(1_000n);
    await store.ingest([end(3)], orgId);
    expect(await granted(orgId, 2, 1_000n)).toBe(1_000n);
    expect(await granted(orgId, 2, 0n)).toBe(0n);
    expect(await granted(orgId, 3, 1_000n)).toBe(1_000n);
    expect(await tryLease(orgId, 1, 1n, 0n, 3)).toMatchObject({
      ok: false,
      failure: { code: 'session_closed' },
    });
  });

  test('is exhausted once everything is spent', async () => {
    const orgId = await tree();
    await granted(orgId, 1, 600n);
    await store.ingest([callOf(1, 2, 1, 400n)], orgId);
    expect(await lease(orgId, 1, 50n, 600n)).toMatchObject({
      grantedNanoUsd: 0n,
      isExhausted: true,
    });
  });

  test.each([
    ['no policy', null],
    ['another scope', { scope: 'session' }],
    ['shadow', { mode: 'shadow' }],
    ['a warning', { action: { type: 'warn' } }],
    ['another agent', { agentId: 'z' }],
  ])('with %s there is no limit', async (_why, policy) => {
    const orgId = await tree(policy);
    expect(await lease(orgId, 1, 5_000n)).toMatchObject({
      grantedNanoUsd: 5_000n,
      isExhausted: false,
    });
    expect(await granted(orgId, 2, 5_000n)).toBe(5_000n);
  });

  test('a session that has not started, or is of another organisation, has no budget (O1)', async () => {
    const orgId = await tree();
    const other = orgOf((lastOrg += 1));
    const none = { ok: false, failure: { code: 'session_not_found' } };
    expect(await tryLease(orgId, 1, 1n, 0n, 9)).toMatchObject(none);
    expect(await tryLease(other, 1, 1n)).toMatchObject(none);
    await granted(orgId, 1, 1_000n);
    const same = await tree();
    expect(await granted(same, 1, 1_000n)).toBe(1_000n);
  });

  test('leases go with their root, and some days after they ran out', async () => {
    const orgId = await tree();
    await granted(orgId, 1, 1_000n, 900n);
    pass(budgetLeasesKeptMs + leaseMs);
    expect(await granted(orgId, 2, 1_000n)).toBe(100n);
    pass(1);
    await store.run(forgetExpired, null);
    pass(leaseMs);
    expect(await granted(orgId, 2, 1_000n)).toBe(1_000n);
    expect((await store.run(deleteSession, { orgId, sessionId: sessionId(1) })).ok).toBe(true);
    await store.ingest([start(4, { parent_session_id: sessionId(2) })], orgId);
    expect(await granted(orgId, 3, 1_000n, 0n, 2)).toBe(1_000n);
  });

  const senders = [1, 2, 3, 4];
  const deed = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('lease'), want: fc.integer({ min: 0, max: 700 }) }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('spend'), want: fc.integer({ min: 1, max: 400 }) }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('send'), want: fc.constant(0) }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('wait'), want: fc.integer({ min: 1, max: 70 }) }),
    },
  );
  const deeds = fc.array(fc.tuple(fc.constantFrom(...senders), fc.constantFrom(1, 2, 3), deed), {
    minLength: 5,
    maxLength: 40,
  });

  test('however senders of three levels take turns, never more than the budget, never less than is free', async () => {
    const check = fc.asyncProperty(deeds, async (all) => {
      const orgId = await tree();
      const model = senders.map(() => ({
        seq: 0,
        cap: 0n,
        spent: 0n,
        told: 0n,
        sent: 0n,
        unmet: 0n,
        expiresAtMs: 0,
      }));
      let late = 0n;
      const atLeast0 = (amount: bigint) => (amount > 0n ? amount : 0n);
      const charge = (one: (typeof model)[number]) => {
        const cap = one.expiresAtMs > nowMs && one.cap > one.told ? one.cap : one.told;
        return atLeast0(cap - one.sent);
      };
      for (const [sender, session, { do: what, want }] of all) {
        const own = model[sender - 1];
        if (own === undefined) continue;
        if (what === 'lease') {
          const asked = BigInt(want);
          const others = model.filter((one) => one !== own);
          const sent = model.reduce((sum, one) => sum + one.sent, 0n);
          const held = own.expiresAtMs > nowMs ? atLeast0(own.cap - own.spent) : 0n;
          own.told = own.spent;
          const taken = others.reduce((sum, one) => sum + charge(one), sent);
          const free = atLeast0(limit - taken - atLeast0(own.told - own.sent));
          const waiting = others
            .filter((one) => one.expiresAtMs > nowMs)
            .reduce((sum, one) => sum + one.unmet, 0n);
          const answer = await lease(orgId, sender, asked, own.spent, session);
          const most = asked < free ? asked : free;
          const least = held === 0n || free >= asked + waiting ? most : (held + 1n) / 2n;
          expect(answer.grantedNanoUsd).toBeLessThanOrEqual(most);
          expect(answer.grantedNanoUsd).toBeGreaterThanOrEqual(least < most ? least : most);
          own.cap = own.spent + answer.grantedNanoUsd;
          own.unmet = asked - answer.grantedNanoUsd;
          own.expiresAtMs = answer.expiresAtMs;
        } else if (what === 'spend') {
          const left = own.expiresAtMs > nowMs ? atLeast0(own.cap - own.spent) : 0n;
          own.spent += BigInt(want) < left ? BigInt(want) : left;
        } else if (what === 'send' && own.spent > own.sent) {
          own.seq += 1;
          await store.ingest([callOf(session, sender, own.seq, own.spent - own.sent)], orgId);
          own.sent = own.spent;
        } else if (what === 'wait') {
          const before = nowMs;
          pass(want * 1_000);
          for (const one of model) {
            // Who dies with spending that it told nobody of exceeds the budget by that much.
            if (one.expiresAtMs <= before || one.expiresAtMs > nowMs) continue;
            const known = one.told > one.sent ? one.told : one.sent;
            late += atLeast0(one.spent - known);
          }
        }
        const all3 = model.reduce((sum, one) => sum + one.spent, 0n);
        expect(all3).toBeLessThanOrEqual(limit + late);
      }
    });
    await fc.assert(check, { numRuns: rounds });
  }, 60_000);
});
