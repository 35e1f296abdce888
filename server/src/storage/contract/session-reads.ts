import type { Result } from '@niitaka/core/result.ts';
import type { SessionFilter, SessionSort } from '@niitaka/core/session/session-filter.ts';
import { searchWords } from '@niitaka/core/text/goal-words.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Command } from '../../commands/command.ts';
import { end, heartbeat, iso, noonMs, sessionId, start, testOrgId } from '../../testing/records.ts';
import type { Reader } from '../reader.ts';
import type { ListPosition, SessionSummary } from '../session-reader.ts';
import { corpusRecords, corpusSize } from './read-corpus.ts';
import { referenceList, referenceMatches, type ReferenceLine } from './reference-list.ts';

/** A store with what its reads are checked against. */
export interface ReadStore {
  readonly reader: Reader;
  ingest(records: readonly object[], orgId?: string): Promise<unknown>;
  /** Carries out a command in a transaction of its own. */
  run<Args, Value>(command: Command<Args, Value>, args: Args): Promise<Result<Value>>;
  close(): Promise<void>;
}

const hourMs = 3_600_000;
const otherOrgId = '00000000-0000-7000-8000-0000000000ee';

/** Every engine lists, searches and sums what the slow and obvious way gives. */
export function sessionReadContract(
  open: (nowMs: number, orgIds: readonly string[]) => Promise<ReadStore>,
): void {
  describe('session reads', () => {
    let store: ReadStore;
    let all: SessionSummary[];
    beforeAll(async () => {
      store = await open(noonMs, [otherOrgId]);
      for (const records of corpusRecords()) await store.ingest(records);
      // Whoever of these is not done runs on, without an event for long.
      await store.ingest([heartbeat(...Array.from({ length: 22 }, (_, index) => 7 * (index + 1)))]);
      const ids = Array.from({ length: corpusSize }, (_, index) => sessionId(index + 1));
      const found = await store.reader.sessionSummaries(testOrgId, ids, noonMs);
      const byId = new Map(found.map((one) => [one.session.id, one]));
      all = ids.flatMap((id) => byId.get(id) ?? []);
    });
    afterAll(() => store.close());

    test('the corpus holds every kind of session', () => {
      expect(all.length).toBe(corpusSize);
      const statuses = new Set(all.map(({ session }) => session.status));
      expect(statuses).toEqual(new Set(['running', 'done', 'stale']));
      expect(all.some(({ session }) => session.depth > 2)).toBe(true);
      expect(all.some(({ incomplete }) => incomplete)).toBe(true);
      expect(all.some(({ quiet }) => quiet)).toBe(true);
    });

    test('listSessions() shows every match once, in order, over any pages (S9, S11)', async () => {
      await fc.assert(
        fc.asyncProperty(
          filters,
          sorts,
          fc.integer({ min: 1, max: 60 }),
          async (filter, sort, limit) => {
            const lines = await allPages(store.reader, testOrgId, filter, sort, limit);
            expect(lines).toEqual(referenceList(all, filter, sort, noonMs));
          },
        ),
        { numRuns: 200 },
      );
    });

    test('estimateSessions() is exact for few sessions', async () => {
      await fc.assert(
        fc.asyncProperty(filters, async ({ rootOnly: _rootOnly, ...filter }) => {
          const count = await store.reader.estimateSessions(testOrgId, filter, noonMs);
          expect(count).toBe(referenceMatches(all, filter, noonMs).length);
        }),
        { numRuns: 100 },
      );
    });

    test('rangeTotals() and rangeBuckets() sum the sessions that started in the range (S12)', async () => {
      const widths = fc.constantFrom(60_000, hourMs / 2, hourMs, 6 * hourMs, 24 * hourMs);
      await fc.assert(
        fc.asyncProperty(filters, widths, async ({ rootOnly: _rootOnly, ...filter }, bucketMs) => {
          const matches = referenceMatches(all, filter, noonMs);
          const totals = await store.reader.rangeTotals(testOrgId, filter, noonMs);
          expect(totals).toEqual(totalsOf(matches));
          const buckets = await store.reader.rangeBuckets(testOrgId, filter, bucketMs, noonMs);
          expect(buckets).toEqual(bucketsOf(matches, bucketMs));
        }),
        { numRuns: 120 },
      );
    });

    test('rangeStats() gives the same figures at once', async () => {
      const widths = fc.constantFrom(hourMs / 2, hourMs, 6 * hourMs, 24 * hourMs);
      await fc.assert(
        fc.asyncProperty(filters, widths, async ({ rootOnly: _rootOnly, ...filter }, bucketMs) => {
          const matches = referenceMatches(all, filter, noonMs);
          const { reader } = store;
          const stats = await reader.rangeStats(testOrgId, filter, bucketMs, 24 * hourMs, noonMs);
          expect(stats.totals).toEqual(totalsOf(matches));
          expect(stats.buckets).toEqual(bucketsOf(matches, bucketMs));
          const widthMs = Math.max(hourMs, bucketMs);
          const hourly = await reader.agentBuckets(testOrgId, filter, widthMs, noonMs);
          expect(hourly.filter(({ agents }) => agents > 0)).toEqual(
            isPlain(filter) && widthMs % (24 * hourMs) === 0 ? hourly : agentsOf(matches, widthMs),
          );
          const alone = await reader.agentBuckets(testOrgId, filter, 24 * hourMs, noonMs);
          expect(stats.agents).toEqual(alone);
        }),
        { numRuns: 120 },
      );
    });

    test('sessionTree() holds what lies below a session, with the sums of each subtree (S9)', async () => {
      for (const { session } of all) {
        const tree = await store.reader.sessionTree(testOrgId, session.id, 10, noonMs);
        expect(tree?.truncated).toBe(false);
        const below = new Set(subtreeOf(all, session.id).map((one) => one.session.id));
        expect(new Set(tree?.nodes.map((node) => node.session.id))).toEqual(below);
        for (const node of tree?.nodes ?? []) {
          const members = subtreeOf(all, node.session.id);
          expect(node.hidden).toBe(0);
          expect(node.tree?.sessions ?? 1).toBe(members.length);
          expect(node.tree?.totalCostNanoUsd ?? node.session.totalCostNanoUsd).toBe(
            costOf(members),
          );
        }
      }
    });

    test('sessionTree() says how many lie below the depth shown (S9)', async () => {
      const root = all.find(
        ({ session }) =>
          session.depth === 0 && subtreeOf(all, session.id).some((one) => one.session.depth > 2),
      );
      const id = root?.session.id ?? '';
      const tree = await store.reader.sessionTree(testOrgId, id, 1, noonMs);
      for (const node of tree?.nodes.slice(1) ?? []) {
        expect(node.session.parentSessionId).toBe(id);
        expect(node.hidden).toBe(subtreeOf(all, node.session.id).length - 1);
      }
      expect(tree?.nodes[0]?.hidden).toBe(0);
    });

    test('every list row of an inner node sums its subtree (S9)', async () => {
      for (const one of all.filter(({ session }) => session.childCount > 0)) {
        expect(one.tree?.sessions).toBe(subtreeOf(all, one.session.id).length);
      }
    });

    test('agentBuckets() sees what arrives in an hour that was read before (S12)', async () => {
      const late = start(900, { agent_id: 'late one', started_at: iso(noonMs - 50 * hourMs) });
      const range = { fromMs: noonMs - 51 * hourMs, toMs: noonMs - 49 * hourMs };
      const agents = async () => {
        const buckets = await store.reader.agentBuckets(otherOrgId, range, hourMs, noonMs);
        return buckets.map(({ startMs, agents: count }) => [startMs, count]);
      };
      expect(await agents()).toEqual([]);
      await store.ingest([late], otherOrgId);
      expect(await agents()).toEqual([[noonMs - 50 * hourMs, 1]]);
      await store.ingest([{ ...late, session_id: sessionId(901), agent_id: 'other' }], otherOrgId);
      expect(await agents()).toEqual([[noonMs - 50 * hourMs, 2]]);
    });

    test('another organisation sees nothing of these, under the same ids (O1)', async () => {
      const { reader } = store;
      await store.ingest([start(1, { goal: 'their own' })], otherOrgId);
      const own = await allPages(reader, otherOrgId, {}, '-started_at', 50);
      expect(own.map(({ id }) => id)).toEqual([1, 901, 900].map(sessionId));
      const words = ['review'];
      expect(await allPages(reader, otherOrgId, { words }, '-started_at', 50)).toEqual([]);
      expect(await reader.sessionWhole(otherOrgId, sessionId(2), noonMs)).toBeNull();
      expect(await reader.sessionStatus(otherOrgId, sessionId(2))).toBeNull();
      const whole = await reader.sessionWhole(testOrgId, sessionId(2), noonMs);
      expect(await reader.sessionStatus(testOrgId, sessionId(2))).toBe(whole?.session.status);
      expect(whole).not.toBeNull();
      expect(await reader.sessionTree(otherOrgId, sessionId(2), 10, noonMs)).toBeNull();
      expect((await reader.rangeTotals(otherOrgId, {}, noonMs)).sessions).toBe(3);
      expect((await reader.sessionWhole(otherOrgId, sessionId(1), noonMs))?.session.goal).toBe(
        'their own',
      );
    });
  });

  test('a cursor stays where it is while sessions arrive, change and go on', async () => {
    const store = await open(noonMs, []);
    const begin = (number: number) => start(number, { started_at: iso(noonMs - number * 1_000) });
    for (let number = 10; number <= 40; number += 2) await store.ingest([begin(number)]);
    const first = await store.reader.listSessions(testOrgId, request({}, '-started_at', 5, null));
    for (let number = 1; number <= 41; number += 2) await store.ingest([begin(number)]);
    await store.ingest([end(20, -500)]);
    const rest = await allPages(store.reader, testOrgId, {}, '-started_at', 5, first.next);
    const shown = [...first.items.map(({ session }) => session.id), ...rest.map(({ id }) => id)];
    // Newer than the first page: not seen; among its rows: not seen; older ones: each once, in order.
    const older = Array.from({ length: 23 }, (_, index) => sessionId(19 + index));
    expect(shown).toEqual([10, 12, 14, 16, 18].map(sessionId).concat(older));
    store.close();
  });
}

const sorts = fc.constantFrom<SessionSort>(
  'started_at',
  '-started_at',
  '-started_at',
  'cost',
  '-cost',
  'duration',
  '-duration',
  'errors',
  '-errors',
);

const moment = fc.oneof(
  fc.integer({ min: noonMs - 130 * hourMs, max: noonMs + 1 }),
  fc.integer({ min: 0, max: 130 }).map((hours) => noonMs - hours * hourMs),
);

const rare = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 });

const some = <T>(...values: T[]) => rare(fc.subarray(values, { minLength: 1 }));

const filters: fc.Arbitrary<SessionFilter> = fc
  .record({
    fromMs: fc.option(moment, { nil: undefined }),
    toMs: fc.option(moment, { nil: undefined }),
    environments: fc.option(fc.subarray(['production', 'staging', 'test', 'none']), {
      nil: undefined,
    }),
    rootOnly: fc.constantFrom(true, undefined),
    more: fc.option(
      fc
        .record({
          statuses: some<'running' | 'done' | 'stale'>('running', 'done', 'stale'),
          agentIds: some('router', 'writer', 'nobody'),
          words: rare(
            fc
              .constantFrom(
                'review',
                'reviewer the',
                'contract',
                'contractor',
                'cafe',
                '契約',
                '約',
                '7',
                '!?',
              )
              .map(searchWords),
          ),
          parentSessionId: rare(fc.integer({ min: 1, max: 30 }).map(sessionId)),
          hasErrors: rare(fc.boolean()),
          goalCompleted: rare(fc.boolean()),
          minScore: rare(fc.constantFrom(0, 0.25, 0.5)),
          maxScore: rare(fc.constantFrom(0, 0.5)),
          minCostNanoUsd: rare(fc.constantFrom(0n, 1n, 500_000_000n)),
          maxCostNanoUsd: rare(fc.constantFrom(0n, 3_000_000_000n)),
          minDurationMs: rare(fc.constantFrom(0, 60_000, hourMs)),
          maxDurationMs: rare(fc.constantFrom(0, 2 * hourMs)),
          experimentIds: some('e1', 'e2'),
          variants: some('a', 'b'),
          userIds: some('ann', 'bob'),
          conversationIds: some('t1', 't3'),
          tag: rare(
            fc.constantFrom('red', 'blue', 'green').map((value) => ({ key: 'team', value })),
          ),
          incomplete: rare(fc.boolean()),
          quiet: rare(fc.boolean()),
        })
        .map((more): SessionFilter => thinned(more)),
      { nil: undefined },
    ),
  })
  .map(({ more, ...plain }) => ({ ...plain, ...more }));

/** At most three at once: with all of them nothing would match. */
function thinned(more: SessionFilter): SessionFilter {
  return Object.fromEntries(
    Object.entries(more)
      .filter(([, value]) => value !== undefined)
      .slice(0, 3),
  );
}

function request(
  filter: SessionFilter,
  sort: SessionSort,
  limit: number,
  after: ListPosition | null,
) {
  return { filter, sort, limit, after, nowMs: noonMs };
}

/** Every line of a list, page by page. */
export async function allPages(
  reader: Reader,
  orgId: string,
  filter: SessionFilter,
  sort: SessionSort,
  limit: number,
  from: ListPosition | null = null,
): Promise<ReferenceLine[]> {
  const lines: ReferenceLine[] = [];
  let after = from;
  do {
    const page = await reader.listSessions(orgId, request(filter, sort, limit, after));
    for (const { session, matchedDescendants } of page.items)
      lines.push({ id: session.id, matchedDescendants });
    after = page.next;
  } while (after !== null);
  return lines;
}

function costOf(sessions: readonly SessionSummary[]): bigint {
  return sessions.reduce((sum, { session }) => sum + session.totalCostNanoUsd, 0n);
}

/** Sums of a range, worked out the slow and obvious way. */
export function totalsOf(matches: readonly SessionSummary[]) {
  const count = (is: (one: SessionSummary) => boolean) => matches.filter(is).length;
  const agents = matches.flatMap(({ session }) => session.agentId ?? []);
  return {
    sessions: matches.length,
    withErrors: count(({ session }) => session.errorCount > 0),
    stale: count(({ session }) => session.status === 'stale'),
    running: count(({ session }) => session.status === 'running'),
    quiet: count((one) => one.quiet),
    costNanoUsd: costOf(matches),
    lateCostNanoUsd: matches.reduce((sum, { session }) => sum + session.lateCostNanoUsd, 0n),
    unpriced: matches.reduce((sum, { session }) => sum + session.unpricedCount, 0),
    incomplete: count((one) => one.incomplete),
    agents: new Set(agents).size,
  };
}

/** Buckets of a range, worked out the slow and obvious way. */
export function bucketsOf(matches: readonly SessionSummary[], bucketMs: number) {
  const starts = matches.map(
    ({ session }) => Math.floor(session.startedAtMs / bucketMs) * bucketMs,
  );
  return [...new Set(starts)]
    .toSorted((a, b) => a - b)
    .map((startMs) => {
      const inside = matches.filter((_, index) => starts[index] === startMs);
      const { sessions, withErrors, stale, running, costNanoUsd } = totalsOf(inside);
      return { startMs, sessions, withErrors, stale, running, costNanoUsd };
    });
}

/** Distinct agents by bucket, worked out the slow and obvious way. */
export function agentsOf(matches: readonly SessionSummary[], bucketMs: number) {
  const starts = bucketsOf(matches, bucketMs).map(({ startMs }) => startMs);
  return starts
    .map((startMs) => {
      const inside = matches.filter(
        ({ session }) => Math.floor(session.startedAtMs / bucketMs) * bucketMs === startMs,
      );
      return { startMs, agents: totalsOf(inside).agents };
    })
    .filter(({ agents }) => agents > 0);
}

/** By range and environment alone: then the first and last day count as whole. */
function isPlain({
  fromMs: _from,
  toMs: _to,
  environments: _environments,
  ...rest
}: SessionFilter): boolean {
  return Object.values(rest).every((value) => value === undefined);
}

function subtreeOf(all: readonly SessionSummary[], id: string): SessionSummary[] {
  const own = all.filter(({ session }) => session.id === id);
  const below = all.filter(({ session }) => session.parentSessionId === id);
  return [...own, ...below.flatMap(({ session }) => subtreeOf(all, session.id))];
}
