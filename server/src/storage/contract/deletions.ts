import type { SessionFilter } from '@niitaka/core/session/session-filter.ts';
import { success } from '@niitaka/core/result.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deleteSession } from '../../commands/delete-session.ts';
import { llm, noonMs, sessionId, signal, start, testOrgId, trace } from '../../testing/records.ts';
import type { SessionSummary } from '../session-reader.ts';
import type { DayDelta, Spent } from '../session-tx.ts';
import { corpusRecords, corpusSize } from './read-corpus.ts';
import { referenceMatches } from './reference-list.ts';
import type { ReadStore } from './session-reads.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const all: SessionFilter[] = [
  {},
  { environments: ['production'] },
  { environments: ['staging', 'test'] },
  { fromMs: noonMs - 70 * hourMs, toMs: noonMs - 20 * hourMs },
  { fromMs: noonMs - 50 * hourMs - 7, environments: ['production'] },
];

/** Every engine takes a deleted session out of all that it was in, to the last digit. */
export function deletionContract(
  open: (nowMs: number, orgIds: readonly string[]) => Promise<ReadStore>,
): void {
  describe('deletions', () => {
    let store: ReadStore;
    let before: SessionSummary[];
    let daysBefore: readonly DayDelta[];
    const ids = Array.from({ length: corpusSize }, (_, index) => sessionId(index + 1));
    const doomed = ids.filter((_, index) => index % 3 === 0);
    const kept = ids.filter((id) => !doomed.includes(id));

    beforeAll(async () => {
      store = await open(noonMs, []);
      for (const records of corpusRecords()) await store.ingest(records);
      before = await store.reader.sessionSummaries(testOrgId, ids, noonMs);
      daysBefore = await daysOf(store, ids);
      for (const id of doomed) {
        const deleted = await store.run(deleteSession, { orgId: testOrgId, sessionId: id });
        expect(deleted).toMatchObject(success({ id }));
      }
    });
    afterAll(() => store.close());

    test('lists and ranges are those of the rest, sums included (S12)', async () => {
      const { reader } = store;
      const left = await reader.sessionSummaries(testOrgId, ids, noonMs);
      expect(left.map(({ session }) => session.id).toSorted()).toEqual(kept.toSorted());
      for (const filter of all) {
        const matches = referenceMatches(left, filter, noonMs);
        const stats = await reader.rangeStats(testOrgId, filter, hourMs, dayMs, noonMs);
        const cost = matches.reduce((sum, one) => sum + one.session.totalCostNanoUsd, 0n);
        expect(stats.totals).toMatchObject({
          sessions: matches.length,
          withErrors: matches.filter(({ session }) => session.errorCount > 0).length,
          incomplete: matches.filter(({ incomplete }) => incomplete).length,
          costNanoUsd: cost,
        });
        expect(stats.buckets.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n)).toBe(cost);
        expect(stats.buckets.reduce((sum, { sessions }) => sum + sessions, 0)).toBe(matches.length);
        expect(await reader.estimateSessions(testOrgId, filter, noonMs)).toBe(matches.length);
      }
    });

    test('what the rest is and where it hangs stays, its parents count one less (S9)', async () => {
      const left = await store.reader.sessionSummaries(testOrgId, kept, noonMs);
      for (const { session } of left) {
        const former = before.find((one) => one.session.id === session.id)?.session;
        const lost = before.filter(
          (one) => one.session.parentSessionId === session.id && doomed.includes(one.session.id),
        );
        expect(session).toEqual({
          ...former,
          childCount: (former?.childCount ?? 0) - lost.length,
          position: expect.any(Number),
        });
      }
    });

    test('day totals fall by what was deleted, for agents and the organisation (P1, S6)', async () => {
      const daysLeft = await daysOf(store, kept);
      expect(daysLeft.length).toBeLessThan(daysBefore.length);
      for (const day of new Set(daysBefore.map((one) => one.dayMs))) {
        for (const environment of ['production', 'staging', 'test']) {
          for (const agentId of [null, 'router', 'writer', 'researcher']) {
            const found = await spentOn(store, environment, day, agentId);
            const own = daysLeft.filter(
              (one) =>
                one.dayMs === day &&
                one.environment === environment &&
                (agentId === null || one.agentId === agentId),
            );
            expect(found).toEqual({
              costNanoUsd: own.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n),
              steps: own.reduce((sum, { steps }) => sum + steps, 0),
            });
          }
        }
      }
    });

    test('agents count what is left of theirs (A1)', async () => {
      const left = await store.reader.sessionSummaries(testOrgId, kept, noonMs);
      for (const { id, sessionCount } of await store.reader.agents(testOrgId, {
        afterId: null,
        limit: 10,
        includesArchived: true,
      })) {
        const own = left.filter(({ session }) => session.agentId === id);
        expect(sessionCount).toBe(own.length);
      }
    });

    test('the feed tells of each deletion, once and for the session alone', async () => {
      const changes = await store.reader.changesSince(testOrgId, 0, 10_000);
      const deleted = changes.filter(({ kind }) => kind === 'deleted').map(({ id }) => id);
      expect(deleted).toEqual(doomed);
      const alive = changes.filter(({ kind }) => kind === 'session').map(({ id }) => id);
      expect(alive.filter((id) => doomed.includes(id))).toEqual([]);
      expect(kept.filter((id) => !alive.includes(id))).toEqual([]);
    });

    test('agents of an hour are read anew where others made up for who was deleted (S12)', async () => {
      const startedMs = noonMs - 200 * hourMs;
      const at = (session: number, agent: string) =>
        start(session, { agent_id: agent, started_at: new Date(startedMs).toISOString() });
      const agents = async () => {
        const range = { fromMs: startedMs, toMs: startedMs + hourMs };
        const buckets = await store.reader.agentBuckets(testOrgId, range, hourMs, noonMs);
        return buckets.map(({ agents: count }) => count);
      };
      await store.ingest([at(7_100, 'one'), at(7_101, 'other')]);
      expect(await agents()).toEqual([2]);
      await store.run(deleteSession, { orgId: testOrgId, sessionId: sessionId(7_101) });
      await store.ingest([at(7_102, 'one')]);
      expect(await agents()).toEqual([1]);
    });

    test('nothing that hung on a session is found, and nothing comes back (D1, E5)', async () => {
      const { reader } = store;
      const id = sessionId(7_000);
      const records = [start(7_000, { tags: { who: 'me' } }), llm(7_000, 7_000)];
      await store.ingest([...records, signal(7_000, 7_000), trace(7_000, 7_000)]);
      expect(await reader.traces(testOrgId, id, null, 10)).toHaveLength(1);
      await store.run(deleteSession, { orgId: testOrgId, sessionId: id });
      const again = await store.run(deleteSession, { orgId: testOrgId, sessionId: id });
      expect(again).toMatchObject({ ok: false, failure: { code: 'not_found' } });
      await store.ingest(records);
      expect(await reader.sessionWhole(testOrgId, id, noonMs)).toBeNull();
      expect(await reader.sessionIdsByTag(testOrgId, 'who', 'me', 10)).toEqual([]);
      expect(await reader.traces(testOrgId, id, null, 10)).toEqual([]);
      expect(await reader.signals(testOrgId, { subjectId: id }, null, 10)).toEqual([]);
      expect(await reader.position(testOrgId, id)).toBe(0);
    });
  });
}

/** What each session has in day totals, as the storage itself tells it. */
async function daysOf(store: ReadStore, ids: readonly string[]): Promise<readonly DayDelta[]> {
  const found = await store.run(async ({ tx }) => {
    const stored = await tx.loadSessions(testOrgId, ids);
    return success(await tx.dayCountsOf([...stored.values()]));
  }, null);
  if (!found.ok) throw new Error(found.failure.message);
  return found.value;
}

async function spentOn(
  store: ReadStore,
  environment: string,
  day: number,
  agentId: string | null,
): Promise<Spent> {
  const found = await store.run(
    async ({ tx }) => success(await tx.daySpent(testOrgId, environment, day, agentId)),
    null,
  );
  if (!found.ok) throw new Error(found.failure.message);
  return found.value;
}
