import { success } from '@niitaka/core/result.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countOldSessions } from '../../commands/count-old-sessions.ts';
import { deleteOldLimit, deleteOldSessions } from '../../commands/delete-old-sessions.ts';
import {
  end,
  heartbeat,
  noonMs,
  sessionId,
  start,
  testOrgId,
  tool,
} from '../../testing/records.ts';
import type { Verification } from '../verify/verification.ts';
import type { ReadStore } from './session-reads.ts';

const dayMs = 86_400_000;
const agentPage = { afterId: null, limit: 10, includesArchived: true };

/** A store that can be verified. */
export type VerifiedStore = ReadStore & { verify(): Promise<Verification> };

/** Every engine removes whole sessions by their end, and moves every total by what they were. */
export function retentionContract(
  open: (nowMs: number, orgIds: readonly string[]) => Promise<VerifiedStore>,
): void {
  describe('retention', () => {
    let store: VerifiedStore;
    const remove = (days: number, environment: string | null = null) =>
      store.run(deleteOldSessions, { rules: [{ environment, days }] });
    const leftOf = async (numbers: readonly number[]) => {
      const found = await store.reader.sessionSummaries(testOrgId, numbers.map(sessionId), noonMs);
      return numbers.filter((one) => found.some(({ session }) => session.id === sessionId(one)));
    };
    const ended = (number: number, agoDays: number, more: object = {}) => {
      const at = new Date(noonMs - agoDays * dayMs).toISOString();
      return [
        start(number, { started_at: at, agent_id: 'a', tags: { team: 'red' }, ...more }),
        tool(number, number * 10, { started_at: at, ended_at: at }),
        end(number, -agoDays * dayMs),
      ];
    };

    beforeAll(async () => {
      store = await open(noonMs, []);
      await store.ingest([
        ...ended(1, 40),
        ...ended(2, 40, { parent_session_id: sessionId(1) }),
        ...ended(3, 40, { environment: 'staging' }),
        ...ended(4, 20, { parent_session_id: sessionId(1) }),
        ...ended(5, 40, { parent_session_id: sessionId(4) }),
        // Started long ago, and runs: heard of a moment ago.
        start(6, { started_at: new Date(noonMs - 50 * dayMs).toISOString() }),
        heartbeat(6),
        ...ended(7, 29),
        ...ended(8, 31),
      ]);
    });
    afterAll(async () => {
      expect((await store.verify()).differences).toEqual([]);
      await store.close();
    });

    test('countOldSessions() counts what would go, and removes nothing', async () => {
      const rules = [
        { environment: null, days: 30 },
        { environment: 'staging', days: 45 },
      ];
      const counted = await store.run(countOldSessions, { rules });
      expect(counted).toEqual(
        success([
          { environment: 'production', beforeMs: noonMs - 30 * dayMs, sessions: 4, events: 4 },
          { environment: 'staging', beforeMs: noonMs - 45 * dayMs, sessions: 0, events: 0 },
        ]),
      );
      expect(await leftOf([1, 2, 3, 4, 5, 6, 7, 8])).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    });

    test('removes of one environment what ended before, with trees split among what stays (S9, S12)', async () => {
      expect(await remove(30, 'production')).toEqual(success({ deleted: 4, more: false }));
      expect(await leftOf([1, 2, 3, 4, 5, 6, 7, 8])).toEqual([3, 4, 6, 7]);
      const verified = await store.verify();
      expect(verified.differences).toEqual([]);
      expect(verified).toMatchObject({ sessions: 4, events: 3 });
      const changes = await store.reader.changesSince(testOrgId, 0, 100);
      const deleted = changes.filter(({ kind }) => kind === 'deleted').map(({ id }) => id);
      expect(deleted.toSorted()).toEqual([1, 2, 5, 8].map(sessionId));
      expect((await store.reader.agents(testOrgId, agentPage))[0]?.sessionCount).toBe(3);
      expect(await store.reader.sessionIdsByTag(testOrgId, 'team', 'red', 10)).toHaveLength(3);
    });

    test('what it removed stands in the audit log', async () => {
      const [entry, ...others] = await store.reader.audit(testOrgId, null, 10);
      expect(entry).toMatchObject({
        actor: 'retention',
        action: 'delete-old-sessions',
        target: 'production',
      });
      const after = { sessions: 4, ended_before: new Date(noonMs - 30 * dayMs).toISOString() };
      expect(JSON.parse(entry?.after ?? 'null')).toEqual(after);
      expect(others).toEqual([]);
    });

    test('removes of every environment that no other rule is for', async () => {
      const rules = [
        { environment: null, days: 28 },
        { environment: 'production', days: 100 },
      ];
      expect(await store.run(deleteOldSessions, { rules })).toEqual(
        success({ deleted: 1, more: false }),
      );
      expect(await leftOf([3, 4, 6, 7])).toEqual([4, 6, 7]);
    });

    test(`removes at most ${deleteOldLimit} in a transaction, and says that more wait`, async () => {
      const numbers = Array.from({ length: deleteOldLimit + 20 }, (_, index) => 1_000 + index);
      for (let from = 0; from < numbers.length; from += 100) {
        await store.ingest(
          numbers.slice(from, from + 100).flatMap((number) => ended(number, 60 + (number % 7))),
        );
      }
      expect(await remove(50)).toEqual(success({ deleted: deleteOldLimit, more: true }));
      // The earliest went first.
      const left = await leftOf(numbers);
      expect(left).toHaveLength(20);
      expect(left.every((number) => number % 7 === 0)).toBe(true);
      expect((await store.verify()).differences).toEqual([]);
      expect(await remove(50)).toEqual(success({ deleted: 20, more: false }));
    });
  });
}
