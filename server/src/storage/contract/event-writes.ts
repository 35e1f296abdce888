import { emptyLedger } from '@niitaka/core/delivery/sender-ledger.ts';
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

/** What every engine does with events, ledgers, totals and the live feed as they are written. */
export function eventWritesContract(open: () => Promise<WriteEngine>): void {
  let engine: WriteEngine;
  beforeEach(async () => {
    engine = await open();
  });
  afterEach(() => engine.close());

  const insert = (number: number, changes: Partial<Session> = {}): Promise<StoredSession> =>
    engine.write((tx) => tx.insertSession(org, sessionOf(number, changes), noExtras));

  describe('events', () => {
    test('insertEvents() keeps every field, money to the last digit (S6)', async () => {
      const row = eventOf(10);
      const open = eventOf(11, {
        state: eventState.open,
        endedAtMs: null,
        costNanoUsd: null,
        sender: null,
        seq: null,
      });
      const session = await insert(1);
      await engine.write(async (tx) => {
        expect(await insertOf(tx, session, [row, open])).toEqual([true, true]);
        const found = await tx.loadEvents(session, [row.id, open.id, id(99)]);
        expect([...found.values()]).toEqual([row, open]);
      });
    });

    test('insertEvents() says per row what is new, also within one call (E4)', async () => {
      const [one, two] = [await insert(1), await insert(2)];
      await engine.write(async (tx) => {
        const rows = [eventOf(10), eventOf(10, { position: 11 }), eventOf(12)];
        const sets = [one, two].map((stored) => ({ stored, rows }));
        expect(await tx.insertEvents(sets)).toEqual([
          [true, false, true],
          [true, false, true],
        ]);
        expect(await insertOf(tx, two, [eventOf(12), eventOf(13)])).toEqual([false, true]);
        expect(await tx.insertEvents([])).toEqual([]);
        expect((await tx.loadEvents(one, [id(10)])).get(id(10))?.position).toBe(10);
      });
    });

    test('replaceEvents() replaces the whole row', async () => {
      const session = await insert(1);
      const after = eventOf(10, { position: 20, name: null, afterEnd: true, costNanoUsd: 1n });
      await engine.write(async (tx) => {
        await insertOf(tx, session, [eventOf(10)]);
        await tx.replaceEvents(session, [after]);
        expect((await tx.loadEvents(session, [id(10)])).get(id(10))).toEqual(after);
      });
    });

    test('eventsBeyondEnd() finds what may lie behind the end (S5)', async () => {
      const done = { status: 'done', endedAtMs: 2_000, endSender: id(900), endLastSeq: 5 } as const;
      const session = await insert(1, done);
      await engine.write(async (tx) => {
        await insertOf(tx, session, [
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
      const [one, two] = [await insert(1), await insert(2)];
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
      const change = async (orgId: string, ...numbers: number[]) => {
        await engine.write((tx) =>
          tx.recordChanges(
            orgId,
            numbers.map((number) => ({ kind: 'session' as const, id: id(number) })),
            1_000,
          ),
        );
        return engine.revision(orgId);
      };
      expect(await change(org, 1, 2, 3)).toBe(3);
      expect(await change(org, 1)).toBe(4);
      expect(await change(otherOrg, 1)).toBe(1);
      await engine.writeAndFail((tx) =>
        tx.recordChanges(org, [{ kind: 'signal', id: id(7) }], 1_000),
      );
      expect(await change(org, 2)).toBe(5);
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
