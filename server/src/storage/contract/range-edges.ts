import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { error, iso, llm, sessionId, start, testOrgId } from '../../testing/records.ts';
import type { SessionSummary } from '../session-reader.ts';
import { bucketsOf, totalsOf, type ReadStore } from './session-reads.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const nowMs = Date.UTC(2028, 2, 2);

/** Midnights at which calendars are odd: a leap day begins and ends, summer time comes and goes, a year turns. */
const midnights = [
  Date.UTC(2027, 0, 1),
  Date.UTC(2027, 2, 28),
  Date.UTC(2027, 2, 29),
  Date.UTC(2027, 9, 31),
  Date.UTC(2027, 10, 1),
  Date.UTC(2028, 1, 29),
  Date.UTC(2028, 2, 1),
  // A clock that was never set: before the moment that times are counted from, numbers are negative.
  Date.UTC(1969, 11, 31),
  Date.UTC(1970, 0, 1),
];
/** One session at each of these: the last millisecond of a day or hour, and the first of the next. */
const starts = midnights.flatMap((at) => [at - 1, at, at + hourMs - 1, at + hourMs]);
const numbers = starts.map((_, index) => index + 1);

/** A range begins with its first millisecond and ends before its last, wherever in a calendar it lies. */
export function rangeEdgeContract(
  open: (nowMs: number, orgIds: readonly string[]) => Promise<ReadStore>,
): void {
  describe('edges of ranges', () => {
    let store: ReadStore;
    let all: SessionSummary[];
    beforeAll(async () => {
      store = await open(nowMs, []);
      await store.ingest(numbers.flatMap(recordsOf));
      all = await store.reader.sessionSummaries(testOrgId, numbers.map(sessionId), nowMs);
    });
    afterAll(() => store.close());

    const within = (fromMs: number, toMs: number) =>
      all.filter(({ session: { startedAtMs: at } }) => at >= fromMs && at < toMs);

    test.each(starts)(
      'a range of the one millisecond %i holds its session alone (S12)',
      async (at) => {
        const own = within(at, at + 1);
        expect(own.map(({ session }) => session.startedAtMs)).toEqual([at]);
        const range = { fromMs: at, toMs: at + 1 };
        const stats = await store.reader.rangeStats(testOrgId, range, hourMs, dayMs, nowMs);
        expect(stats.totals).toEqual(totalsOf(own));
        expect(stats.buckets).toEqual(bucketsOf(own, hourMs));
        const ended = { ...range, statuses: ['stale' as const] };
        const filtered = await store.reader.rangeStats(testOrgId, ended, hourMs, dayMs, nowMs);
        expect(filtered.buckets).toEqual(stats.buckets);
        expect(filtered.agents).toEqual([{ startMs: Math.floor(at / dayMs) * dayMs, agents: 1 }]);
        const before = { fromMs: at - 1_000, toMs: at };
        const { sessions } = await store.reader.rangeTotals(testOrgId, before, nowMs);
        expect(sessions).toBe(within(at - 1_000, at).length);
      },
    );

    test('ranges that touch share no session and lose none (S12)', async () => {
      const edge = fc.constantFrom(...starts.flatMap((at) => [at - 1, at, at + 1, at + dayMs]));
      const widths = fc.constantFrom(60_000, hourMs, dayMs, 7 * dayMs);
      await fc.assert(
        fc.asyncProperty(fc.tuple(edge, edge, edge), widths, async (edges, bucketMs) => {
          const [fromMs = 0, middleMs = 0, toMs = 0] = edges.toSorted((a, b) => a - b);
          const whole = await store.reader.rangeTotals(testOrgId, { fromMs, toMs }, nowMs);
          const parts = await Promise.all(
            [
              { fromMs, toMs: middleMs },
              { fromMs: middleMs, toMs },
            ].map((range) => store.reader.rangeTotals(testOrgId, range, nowMs)),
          );
          const sum = (field: 'sessions' | 'withErrors') =>
            parts.reduce((total, part) => total + part[field], 0);
          expect([sum('sessions'), sum('withErrors')]).toEqual([whole.sessions, whole.withErrors]);
          expect(whole).toEqual(totalsOf(within(fromMs, toMs)));
          const range = { fromMs, toMs };
          const buckets = await store.reader.rangeBuckets(testOrgId, range, bucketMs, nowMs);
          expect(buckets).toEqual(bucketsOf(within(fromMs, toMs), bucketMs));
          const request = { agentIds: ['even', 'odd'], range, bucketMs, durations: 0 };
          for (const { agentId, cells } of await store.reader.agentFigures(testOrgId, request)) {
            const own = within(fromMs, toMs).filter(({ session }) => session.agentId === agentId);
            const starts = bucketsOf(own, bucketMs).map((one) => [one.startMs, one.sessions]);
            expect(cells.map(({ startMs, sessions }) => [startMs, sessions])).toEqual(starts);
          }
        }),
        { numRuns: 30 },
      );
    });

    test('days are those of UTC: none has 23 or 25 hours (S12)', async () => {
      const [summer = 0, winter = 0] = [midnights[1], midnights[3]];
      for (const dayStart of [summer, winter]) {
        const range = { fromMs: dayStart, toMs: dayStart + dayMs };
        const buckets = await store.reader.rangeBuckets(testOrgId, range, dayMs, nowMs);
        // Its own two, its second hour's, and the last millisecond before the next midnight.
        expect(buckets.map(({ startMs, sessions }) => [startMs, sessions])).toEqual([
          [dayStart, 4],
        ]);
      }
    });

    test('agentFigures() and oldestAgentDay() cut a leap day as any other (S12)', async () => {
      const leapDay = Date.UTC(2028, 1, 29);
      const range = { fromMs: leapDay, toMs: leapDay + dayMs };
      const request = { agentIds: ['even', 'odd'], range, bucketMs: dayMs, durations: 10 };
      const found = await store.reader.agentFigures(testOrgId, request);
      const own = (agentId: string) =>
        within(range.fromMs, range.toMs).filter(({ session }) => session.agentId === agentId);
      for (const { agentId, cells } of found) {
        expect(cells.map(({ startMs, sessions }) => [startMs, sessions])).toEqual([
          [leapDay, own(agentId).length],
        ]);
        expect(await store.reader.oldestAgentDay(testOrgId, agentId, range)).toBe(leapDay);
      }
      const after = { fromMs: leapDay + dayMs };
      expect(await store.reader.oldestAgentDay(testOrgId, 'even', after)).toBe(leapDay + dayMs);
    });

    test('listSessions() and oldestStart() hold the same edges (S12)', async () => {
      for (const at of midnights) {
        const filter = { fromMs: at, toMs: at + hourMs };
        const request = { filter, sort: 'started_at' as const, limit: 10, after: null, nowMs };
        const { items } = await store.reader.listSessions(testOrgId, request);
        expect(items.map(({ session }) => session.startedAtMs)).toEqual([at, at + hourMs - 1]);
        expect(await store.reader.oldestStart(testOrgId, { fromMs: at + 1 })).toBe(at + hourMs - 1);
      }
    });
  });
}

function recordsOf(number: number): object[] {
  const at = iso(starts[number - 1] ?? 0);
  const during = { started_at: at, ended_at: at };
  return [
    start(number, { started_at: at, agent_id: number % 2 === 0 ? 'even' : 'odd' }),
    llm(number, number, during),
    ...(number % 3 === 0 ? [error(number, 1_000 + number, during)] : []),
  ];
}
