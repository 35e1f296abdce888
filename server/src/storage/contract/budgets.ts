import { emptyLedger } from '@niitaka/core/delivery/sender-ledger.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BudgetTx, LeaseRow } from '../budget-tx.ts';
import type { SessionTx } from '../session-tx.ts';
import {
  contractOrgs,
  eventOf,
  id,
  insertOf,
  large,
  noExtras,
  sessionOf,
  type WriteEngine,
} from './write-rows.ts';

const [org, otherOrg] = contractOrgs;

const lease: LeaseRow = {
  rootSessionId: id(1),
  sender: id(900),
  sessionId: id(2),
  capNanoUsd: large,
  spentNanoUsd: large - 2n,
  ingestedNanoUsd: 1n,
  unmetNanoUsd: 3n,
  expiresAtMs: 60_000,
};

const figures = {
  sessions: 2,
  running: 2,
  totalCostNanoUsd: large,
  lateCostNanoUsd: 0n,
  totalTokens: 0,
  stepCount: 3,
  errorCount: 0,
  unpricedCount: 0,
};

/** What every engine does with the leases of trees' budgets (P10). */
export function budgetContract(open: () => Promise<WriteEngine>): void {
  let engine: WriteEngine;
  beforeEach(async () => {
    engine = await open();
    const child = { parentSessionId: id(1), rootSessionId: id(1), depth: 1 };
    await engine.write(async (tx) => {
      await tx.insertSession(org, sessionOf(1, { childCount: 1 }), noExtras);
      await tx.insertSession(org, sessionOf(2, { ...child, agentId: null }), noExtras);
      await tx.addTreeTotals(org, [{ rootSessionId: id(1), figures }]);
    });
  });
  afterEach(() => engine.close());

  const budget = (number: number, orgId: string = org, limit = 10) =>
    engine.write((tx) => tx.openBudget(orgId, id(number), limit));
  const leases = async (number = 1) => (await budget(number))?.leases;
  const write = (work: (tx: SessionTx & BudgetTx) => Promise<unknown>) => engine.write(work);

  describe('budgets of trees', () => {
    test('openBudget() tells whose tree a session is of, and what it has spent', async () => {
      expect(await budget(2)).toEqual({
        agentId: null,
        environment: 'production',
        status: 'running',
        rootSessionId: id(1),
        treeCostNanoUsd: large,
        leases: [],
      });
      expect(await budget(2, otherOrg)).toBe(null);
      expect(await budget(3)).toBe(null);
    });

    test('a session alone is its own tree', async () => {
      await write((tx) => tx.insertSession(org, sessionOf(3, { totalCostNanoUsd: 7n }), noExtras));
      expect(await budget(3)).toMatchObject({ rootSessionId: id(3), treeCostNanoUsd: 7n });
    });

    test('saveLease() keeps one of each sender in a tree, of one organisation (O1)', async () => {
      const other = { ...lease, sender: id(901), unmetNanoUsd: 0n };
      await write((tx) => tx.saveLease(org, lease));
      await write((tx) => tx.saveLease(org, other));
      await write((tx) => tx.saveLease(otherOrg, { ...lease, capNanoUsd: 0n }));
      const stored = [lease, other].map((one) => ({ ...one, isOver: false }));
      expect(await leases(1)).toEqual(stored);
      expect(await leases(2)).toEqual(stored);
      expect((await budget(1, org, 1))?.leases).toHaveLength(1);
      const renewed = { ...lease, sessionId: id(1), capNanoUsd: 5n, expiresAtMs: 90_000 };
      await write((tx) => tx.saveLease(org, renewed));
      expect(await leases()).toEqual([{ ...renewed, isOver: false }, stored[1]]);
    });

    test('a lease is over with its session', async () => {
      await write((tx) => tx.saveLease(org, lease));
      await write(async (tx) => {
        const found = (await tx.loadSessions(org, [id(2)])).get(id(2));
        if (found === undefined) throw new Error('session 2 is not there');
        found.session.status = 'done';
        await tx.saveSessions([found]);
      });
      expect(await leases()).toMatchObject([{ isOver: true }]);
      await write((tx) => tx.saveLease(org, { ...lease, sessionId: id(77) }));
      expect(await leases()).toMatchObject([{ isOver: true }]);
    });

    test('chargeLeases() moves what is ingested, and passes over senders without a lease', async () => {
      const charge = { rootSessionId: id(1), sender: id(900), costNanoUsd: large };
      await write((tx) => tx.saveLease(org, lease));
      await write((tx) => tx.chargeLeases(org, [charge, { ...charge, sender: id(902) }]));
      await write((tx) => tx.chargeLeases(org, [{ ...charge, costNanoUsd: -4n }]));
      await write((tx) => tx.chargeLeases(otherOrg, [charge]));
      await write((tx) => tx.chargeLeases(org, []));
      expect(await leases()).toEqual([{ ...lease, ingestedNanoUsd: large - 3n, isOver: false }]);
    });

    test('forgetExpired() takes leases that ran out before a moment, at most so many', async () => {
      const never = { deletionChangesMs: 0, deletedSessionsMs: 0, lostRecordsMs: 0 };
      const forget = (budgetLeasesMs: number, limit: number) =>
        engine.write((tx) => tx.forgetExpired({ ...never, budgetLeasesMs }, limit));
      await write(async (tx) => {
        for (const number of [900, 901, 902]) {
          await tx.saveLease(org, { ...lease, sender: id(number), expiresAtMs: number });
        }
      });
      expect(await forget(900, 10)).toBe(0);
      expect(await forget(902, 1)).toBe(1);
      expect(await forget(902, 10)).toBe(1);
      expect(await leases()).toMatchObject([{ sender: id(902), expiresAtMs: 902 }]);
    });

    test('what fails is not charged', async () => {
      await write((tx) => tx.saveLease(org, lease));
      const charge = { rootSessionId: id(1), sender: id(900), costNanoUsd: 9n };
      await engine.writeAndFail((tx) => tx.chargeLeases(org, [charge]));
      expect(await leases()).toEqual([{ ...lease, isOver: false }]);
    });

    test('ingestedBy() adds up what counts of one sender in the whole tree', async () => {
      const events = [
        eventOf(11, { costNanoUsd: 10n }),
        eventOf(12, { costNanoUsd: 20n, afterEnd: true }),
        eventOf(13, { costNanoUsd: 40n, sender: id(901) }),
        eventOf(14, { costNanoUsd: null }),
        eventOf(15, { costNanoUsd: 80n, state: 1 }),
      ];
      await write(async (tx) => {
        const sessions = await tx.loadSessions(org, [id(1), id(2)]);
        for (const stored of sessions.values()) {
          await insertOf(tx, stored, events);
          const ledger = emptyLedger;
          const senders = [900, 901].map((number) => ({
            sender: id(number),
            clockOffsetMs: 0,
            ledger,
          }));
          await tx.saveSenders(stored, senders);
        }
      });
      await write(async (tx) => {
        expect(await tx.ingestedBy(org, id(1), id(900))).toBe(20n);
        expect(await tx.ingestedBy(org, id(1), id(901))).toBe(80n);
        expect(await tx.ingestedBy(org, id(1), id(902))).toBe(0n);
        expect(await tx.ingestedBy(otherOrg, id(1), id(900))).toBe(0n);
      });
    });
  });
}
