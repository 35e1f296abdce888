import type { Session } from '@niitaka/core/session/session.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventState } from '../event-row.ts';
import type { StoredSession } from '../session-tx.ts';
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

/** What every engine does with sessions as they are written, linked and removed. */
export function sessionWritesContract(open: () => Promise<WriteEngine>): void {
  let engine: WriteEngine;
  beforeEach(async () => {
    engine = await open();
  });
  afterEach(() => engine.close());

  const insert = (session: Session, extras = noExtras, orgId: string = org) =>
    engine.write((tx) => tx.insertSession(orgId, session, extras));
  const load = async (number: number, orgId: string = org): Promise<StoredSession | undefined> =>
    (await engine.write((tx) => tx.loadSessions(orgId, [id(number)]))).get(id(number));
  const stored = async (number: number): Promise<StoredSession> => {
    const found = await load(number);
    if (found === undefined) throw new Error(`session ${number} is not there`);
    return found;
  };

  describe('sessions', () => {
    test('insertSession() and loadSessions() keep every field', async () => {
      const session = sessionOf(1, {
        status: 'stale',
        endedAtMs: 5_000,
        lastEventAtMs: 4_000,
        closedBy: 'server',
        totalCostNanoUsd: large,
        lateCostNanoUsd: 7n,
        metrics: { score: 0.5, goal_completed: true, own: -1 },
        metricTimes: { score: 1, goal_completed: 2, own: 3 },
        droppedBy: { queue_full: 2 },
      });
      await insert(session);
      expect((await load(1))?.session).toEqual(session);
    });

    test('loadSessions() leaves out what is unknown or another organisation’s (O1)', async () => {
      await insert(sessionOf(1));
      expect(await load(2)).toBeUndefined();
      expect(await load(1, otherOrg)).toBeUndefined();
    });

    test('one id in two organisations is two sessions (O1)', async () => {
      await insert(sessionOf(1));
      await insert(sessionOf(1, { status: 'done' }), noExtras, otherOrg);
      expect((await load(1))?.session.status).toBe('running');
      expect((await load(1, otherOrg))?.session.status).toBe('done');
    });

    test('saveSessions() saves what changes and leaves the identity', async () => {
      await insert(sessionOf(1));
      const changes = {
        status: 'done',
        endedAtMs: 9_000,
        endedAtSentMs: 8_900,
        lastSeenAtMs: 9_000,
        lastEventAtMs: 8_000,
        closedBy: 'sdk',
        endSender: id(900),
        endLastSeq: 7,
        aborted: true,
        position: 12,
        totalCostNanoUsd: large * 2n,
        lateCostNanoUsd: 1n,
        inputTokens: 5_000_000_000,
        eventCount: 3,
        expected: 4,
        received: 3,
        missing: 1,
        parentSessionId: id(2),
        rootSessionId: id(3),
        depth: 2,
        childCount: 1,
        metrics: { score: 1 },
        metricTimes: { score: 5 },
      } as const;
      await engine.write(async (tx) => {
        const found = (await tx.loadSessions(org, [id(1)])).get(id(1));
        if (found === undefined) throw new Error('not there');
        Object.assign(found.session, changes);
        await tx.saveSessions([found]);
      });
      expect((await load(1))?.session).toEqual(sessionOf(1, changes));
    });

    test('a transaction that fails leaves nothing behind', async () => {
      await engine.writeAndFail((tx) => tx.insertSession(org, sessionOf(1), noExtras));
      expect(await load(1)).toBeUndefined();
    });

    test('overdueSessionIds() finds running sessions silent for longer than asked (S3)', async () => {
      await insert(sessionOf(1, { lastSeenAtMs: 1_000 }));
      await insert(sessionOf(2, { lastSeenAtMs: 2_000 }));
      await insert(sessionOf(3, { lastSeenAtMs: 1_000, status: 'done', endedAtMs: 1_000 }));
      await insert(sessionOf(4, { lastSeenAtMs: 1_000, graceMs: 500 }));
      const overdue = (nowMs: number, limit = 10) =>
        engine.write((tx) => tx.overdueSessionIds(nowMs, 1_000, limit));
      expect(await overdue(2_000)).toEqual([]);
      expect(await overdue(2_001)).toEqual([{ orgId: org, id: id(1) }]);
      expect(await overdue(2_501)).toHaveLength(2);
      expect(await overdue(9_000)).toHaveLength(3);
      expect(await overdue(9_000, 2)).toHaveLength(2);
    });

    test('addGraceToRunning() adds to running sessions alone (S3)', async () => {
      await insert(sessionOf(1, { graceMs: 5 }));
      await insert(sessionOf(2, { status: 'stale', endedAtMs: 1_000 }));
      await engine.write((tx) => tx.addGraceToRunning(100));
      expect((await load(1))?.session.graceMs).toBe(105);
      expect((await load(2))?.session.graceMs).toBe(0);
    });
  });

  describe('links', () => {
    test('linkFacts() and waitingChildren() tell where a session hangs (S9)', async () => {
      const under = (parent: number, depth: number) => ({
        parentSessionId: id(parent),
        rootSessionId: id(1),
        depth,
      });
      await insert(sessionOf(2, under(1, 1)));
      await insert(sessionOf(3, under(2, 2)));
      await engine.write(async (tx) => {
        expect(await tx.linkFacts(org, id(3))).toEqual({ rootSessionId: id(1), depth: 2 });
        expect(await tx.linkFacts(org, id(1))).toBeNull();
        expect(await tx.linkFacts(otherOrg, id(3))).toBeNull();
        expect(await tx.waitingChildren(org, id(1))).toEqual({ childCount: 1, height: 2 });
        expect(await tx.waitingChildren(org, id(9))).toEqual({ childCount: 0, height: 0 });
        const below = await tx.sessionIdsByRoot(org, id(1), 10);
        expect(below.toSorted()).toEqual([id(2), id(3)]);
        expect(await tx.sessionIdsByRoot(org, id(1), 1)).toHaveLength(1);
      });
    });

    test('trees wait in a queue, each once', async () => {
      await engine.write(async (tx) => {
        await tx.queueReroot(org, id(1));
        await tx.queueReroot(org, id(1));
        await tx.queueReroot(org, id(2));
        expect(await tx.queuedReroots(10)).toHaveLength(2);
        await tx.finishReroot(org, id(1));
        expect(await tx.queuedReroots(10)).toEqual([{ orgId: org, sessionId: id(2) }]);
      });
    });
  });

  describe('deletion', () => {
    test('deleteSessions() leaves nothing but the hash of the id, and counts what went', async () => {
      const extras = { ...noExtras, goalWords: 'find me', tags: { k: 'v' } };
      await insert(sessionOf(1), extras);
      const session = await stored(1);
      await engine.write(async (tx) => {
        await tx.touchAgents(org, [{ agentId: 'router', startedAtMs: 1_000 }], 1_000);
        await insertOf(tx, session, [eventOf(10)]);
        const removed = await tx.deleteSessions(org, [session], 5_000);
        expect(removed).toMatchObject({ sessions: 1, events: 1, session_tags: 1, signals: 0 });
        expect(await tx.deletedAmong(org, [id(1), id(2)])).toEqual(new Set([id(1)]));
        expect(await tx.deletedAmong(otherOrg, [id(1)])).toEqual(new Set());
        expect((await tx.loadEvents(session, [id(10)])).size).toBe(0);
      });
      expect(await load(1)).toBeUndefined();
    });

    test('dayCountsOf() tells what a session put into day totals', async () => {
      await insert(sessionOf(1));
      const session = await stored(1);
      const day = 86_400_000;
      await engine.write(async (tx) => {
        await insertOf(tx, session, [
          eventOf(1, { startedAtMs: day - 1 }),
          eventOf(2, { startedAtMs: day, costNanoUsd: 5n }),
          eventOf(3, { startedAtMs: day, costNanoUsd: 6n, afterEnd: true }),
          eventOf(4, { startedAtMs: day, type: 'log', costNanoUsd: null }),
          eventOf(5, { startedAtMs: day, state: eventState.open, costNanoUsd: null }),
        ]);
        const common = { environment: 'production', agentId: 'router' };
        const counts = await tx.dayCountsOf([session]);
        expect(counts.toSorted((a, b) => a.dayMs - b.dayMs)).toEqual([
          { ...common, dayMs: 0, costNanoUsd: large, steps: 1 },
          { ...common, dayMs: day, costNanoUsd: 5n, steps: 1 },
        ]);
      });
    });
  });
}
