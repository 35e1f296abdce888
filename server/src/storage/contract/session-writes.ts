import { createSession } from '@niitaka/core/session/create-session.ts';
import { emptyLedger } from '@niitaka/core/delivery/sender-ledger.ts';
import type { Session } from '@niitaka/core/session/session.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventState, type EventRow } from '../event-row.ts';
import type { SessionExtras, SessionTx, StoredSession } from '../session-tx.ts';

/** An empty engine under test, with two organisations in it. */
export interface WriteEngine {
  /** Runs the work in one transaction and commits it. */
  write<T>(work: (tx: SessionTx) => Promise<T>): Promise<T>;
  /** Runs the work in a transaction that fails at its end. */
  writeAndFail(work: (tx: SessionTx) => Promise<unknown>): Promise<void>;
  close(): Promise<void>;
}

/** The organisations that an engine under test begins with. */
export const contractOrgs = [
  '01990000-0000-7000-8000-0000000000f1',
  '01990000-0000-7000-8000-0000000000f2',
] as const;

const [org, otherOrg] = contractOrgs;
const id = (number: number) => `01990000-0000-7000-8000-${String(number).padStart(12, '0')}`;
const noExtras: SessionExtras = { goalWords: '', tags: {}, metadata: null, truncated: null };
/** Beyond 2^53: a sum that a double would round. */
const large = 9_007_199_254_740_993n;

function sessionOf(number: number, changes: Partial<Session> = {}): Session {
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

function eventOf(number: number, changes: Partial<EventRow> = {}): EventRow {
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

/** What every engine does with sessions, events, ledgers and totals as they are written. */
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

  describe('events', () => {
    test('insertEvents() keeps every field, money to the last digit (S6)', async () => {
      await insert(sessionOf(1));
      const row = eventOf(10);
      const open = eventOf(11, {
        state: eventState.open,
        endedAtMs: null,
        costNanoUsd: null,
        sender: null,
        seq: null,
      });
      const session = await stored(1);
      await engine.write(async (tx) => {
        expect(await tx.insertEvents(session, [row, open])).toEqual([true, true]);
        const found = await tx.loadEvents(session, [row.id, open.id, id(99)]);
        expect([...found.values()]).toEqual([row, open]);
      });
    });

    test('insertEvents() says per row what is new, also within one call (E4)', async () => {
      await insert(sessionOf(1));
      await insert(sessionOf(2));
      const [one, two] = [await stored(1), await stored(2)];
      await engine.write(async (tx) => {
        const rows = [eventOf(10), eventOf(10, { position: 11 }), eventOf(12)];
        expect(await tx.insertEvents(one, rows)).toEqual([true, false, true]);
        expect(await tx.insertEvents(two, rows)).toEqual([true, false, true]);
        expect((await tx.loadEvents(one, [id(10)])).get(id(10))?.position).toBe(10);
      });
    });

    test('replaceEvents() replaces the whole row', async () => {
      await insert(sessionOf(1));
      const session = await stored(1);
      const after = eventOf(10, { position: 20, name: null, afterEnd: true, costNanoUsd: 1n });
      await engine.write(async (tx) => {
        await tx.insertEvents(session, [eventOf(10)]);
        await tx.replaceEvents(session, [after]);
        expect((await tx.loadEvents(session, [id(10)])).get(id(10))).toEqual(after);
      });
    });

    test('eventsBeyondEnd() finds what may lie behind the end (S5)', async () => {
      const done = { status: 'done', endedAtMs: 2_000, endSender: id(900), endLastSeq: 5 } as const;
      await insert(sessionOf(1, done));
      const session = await stored(1);
      await engine.write(async (tx) => {
        await tx.insertEvents(session, [
          eventOf(4, { seq: 4 }),
          eventOf(6, { seq: 6 }),
          eventOf(7, { seq: 2, closeSeq: 7 }),
          eventOf(8, { sender: id(800), startedAtMs: 2_001 }),
          eventOf(9, { sender: id(800), startedAtMs: 2_000 }),
        ]);
        const beyond = (await tx.eventsBeyondEnd(session)).map((row) => row.id);
        expect(beyond.toSorted()).toEqual([id(6), id(7), id(8)]);
      });
    });

    test('priceId() gives one price one id, for ever', async () => {
      const ask = (json: string) => engine.write((tx) => tx.priceId('book 1', json));
      const first = await ask('{"input":"1"}');
      expect(await ask('{"input":"2"}')).not.toBe(first);
      expect(await ask('{"input":"1"}')).toBe(first);
      await engine.writeAndFail((tx) => tx.priceId('book 1', '{"input":"3"}'));
      expect(await ask('{"input":"4"}')).not.toBe(await ask('{"input":"3"}'));
    });
  });

  describe('senders', () => {
    test('saveSenders() and loadSenders() keep a ledger, per session (D1)', async () => {
      await insert(sessionOf(1));
      await insert(sessionOf(2));
      const [one, two] = [await stored(1), await stored(2)];
      const sender = {
        sender: id(900),
        clockOffsetMs: -5_000,
        ledger: {
          maxSeq: 9,
          closedLastSeq: 12,
          received: [
            [1, 3],
            [5, 9],
          ] as const,
          refused: [[4, 4]] as const,
          droppedBy: { queue_full: 2 },
          omitted: { metrics_refused: 1 },
        },
      };
      await engine.write(async (tx) => {
        await tx.saveSenders(one, [{ ...sender, ledger: emptyLedger }]);
        await tx.saveSenders(one, [sender]);
        const found = await tx.loadSenders(one, [id(900), id(901)]);
        expect([...found]).toEqual([[id(900), sender]]);
        expect((await tx.loadSenders(two, [id(900)])).size).toBe(0);
      });
    });
  });

  describe('totals', () => {
    test('tree and day totals add up, exactly (S6, S9)', async () => {
      const figures = {
        sessions: 1,
        running: 1,
        totalCostNanoUsd: large,
        lateCostNanoUsd: 0n,
        totalTokens: 14,
        stepCount: 2,
        errorCount: 0,
        unpricedCount: 0,
      };
      const day = {
        environment: 'production',
        agentId: 'a',
        dayMs: 0,
        costNanoUsd: large,
        steps: 3,
      };
      await engine.write(async (tx) => {
        await tx.addTreeTotals(org, [{ rootSessionId: id(1), figures }]);
        await tx.addTreeTotals(org, [{ rootSessionId: id(1), figures }]);
        const spent = { costNanoUsd: large * 2n, steps: 4 };
        expect(await tx.treeSpent(org, id(1))).toEqual(spent);
        expect(await tx.treeSpent(otherOrg, id(1))).toEqual({ costNanoUsd: 0n, steps: 0 });
        await tx.addDayTotals(org, [day, { ...day, agentId: null, costNanoUsd: -1n, steps: 1 }]);
        const daySpent = (agent: string | null) => tx.daySpent(org, 'production', 0, agent);
        expect(await daySpent('a')).toEqual({ costNanoUsd: large, steps: 3 });
        expect(await daySpent(null)).toEqual({ costNanoUsd: large - 1n, steps: 4 });
        expect(await tx.daySpent(org, 'staging', 0, null)).toMatchObject({ steps: 0 });
        expect(await tx.daySpent(org, 'production', 86_400_000, null)).toMatchObject({ steps: 0 });
      });
    });
  });

  describe('the live feed', () => {
    test('recordChanges() gives each change the next number of its organisation', async () => {
      const change = (orgId: string, ...numbers: number[]) =>
        engine.write((tx) =>
          tx.recordChanges(
            orgId,
            numbers.map((number) => ({ kind: 'session' as const, id: id(number) })),
            1_000,
          ),
        );
      expect(await change(org, 1, 2, 3)).toBe(3);
      expect(await change(org, 1)).toBe(4);
      expect(await change(otherOrg, 1)).toBe(1);
      await engine.writeAndFail((tx) =>
        tx.recordChanges(org, [{ kind: 'signal', id: id(7) }], 1_000),
      );
      expect(await change(org, 2)).toBe(5);
    });
  });

  describe('deletion', () => {
    test('deleteSession() leaves nothing but the hash of the id', async () => {
      const extras = { ...noExtras, goalWords: 'find me', tags: { k: 'v' } };
      await insert(sessionOf(1), extras);
      const session = await stored(1);
      await engine.write(async (tx) => {
        await tx.touchAgents(org, [{ agentId: 'router', startedAtMs: 1_000 }], 1_000);
        await tx.insertEvents(session, [eventOf(10)]);
        await tx.deleteSession(org, session, 5_000);
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
        await tx.insertEvents(session, [
          eventOf(1, { startedAtMs: day - 1 }),
          eventOf(2, { startedAtMs: day, costNanoUsd: 5n }),
          eventOf(3, { startedAtMs: day, costNanoUsd: 6n, afterEnd: true }),
          eventOf(4, { startedAtMs: day, type: 'log', costNanoUsd: null }),
          eventOf(5, { startedAtMs: day, state: eventState.open, costNanoUsd: null }),
        ]);
        const common = { environment: 'production', agentId: 'router' };
        const counts = await tx.dayCountsOf(session);
        expect(counts.toSorted((a, b) => a.dayMs - b.dayMs)).toEqual([
          { ...common, dayMs: 0, costNanoUsd: large, steps: 1 },
          { ...common, dayMs: day, costNanoUsd: 5n, steps: 1 },
        ]);
      });
    });
  });

  test('jobs note when they last ran', async () => {
    await engine.write(async (tx) => {
      expect(await tx.jobRanAt('sweep')).toBeNull();
      await tx.noteJobRan('sweep', 1_000);
      await tx.noteJobRan('sweep', 2_000);
      expect(await tx.jobRanAt('sweep')).toBe(2_000);
    });
  });
}
