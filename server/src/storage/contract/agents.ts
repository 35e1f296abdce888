import { judgedSessions } from '@niitaka/core/agent/agent-status.ts';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { heartbeat, iso, noonMs, sessionId, start, testOrgId } from '../../testing/records.ts';
import type { AgentFigures, AgentFiguresRequest, VersionRow } from '../agent-rows.ts';
import type { SessionSummary } from '../session-reader.ts';
import type { Tx } from '../tx.ts';
import { corpusRecords, corpusSize } from './read-corpus.ts';
import type { ReadStore } from './session-reads.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const otherOrgId = '00000000-0000-7000-8000-0000000000ee';
const agentIds = ['router', 'unheard-of', 'writer', 'researcher'];

type Open = (nowMs: number, orgIds: readonly string[]) => Promise<ReadStore>;

/** Every engine keeps agents and versions, and gives the figures that the slow and obvious way gives. */
export function agentContract(open: Open): void {
  figuresContract(open);
  listContract(open);
  versionContract(open);
}

function figuresContract(open: Open): void {
  describe('agentFigures()', () => {
    let store: ReadStore;
    let all: SessionSummary[];
    beforeAll(async () => {
      store = await open(noonMs, [otherOrgId]);
      for (const records of corpusRecords()) await store.ingest(records);
      await store.ingest([heartbeat(...Array.from({ length: 22 }, (_, index) => 7 * (index + 1)))]);
      const ids = Array.from({ length: corpusSize }, (_, index) => sessionId(index + 1));
      all = await store.reader.sessionSummaries(testOrgId, ids, noonMs);
    });
    afterAll(() => store.close());

    test('are those of the sessions that started in the range (S12, A2)', async () => {
      await fc.assert(
        fc.asyncProperty(ranges, widths, async (range, bucketMs) => {
          const request = { agentIds, range, bucketMs, durations: 1_000 };
          const found = await store.reader.agentFigures(testOrgId, request);
          expect(found.map(sorted)).toEqual(agentIds.map((id) => expected(all, id, request)));
        }),
        { numRuns: 60 },
      );
    });

    test('durations are of the last ended, at most as many as asked', async () => {
      const whole = { agentIds: ['router'], range: {}, bucketMs: dayMs, durations: 1_000 };
      const [every] = await store.reader.agentFigures(testOrgId, whole);
      const [some] = await store.reader.agentFigures(testOrgId, { ...whole, durations: 3 });
      const endOf = (one: { startedAtMs: number; lastedMs: number }) =>
        one.startedAtMs + one.lastedMs;
      const latest = (every?.durations ?? []).map(endOf).toSorted((a, b) => b - a);
      expect((some?.durations ?? []).map(endOf).toSorted((a, b) => b - a)).toEqual(
        latest.slice(0, 3),
      );
    });

    test('another organisation has none (O1)', async () => {
      const request = { agentIds: ['router'], range: {}, bucketMs: dayMs, durations: 9 };
      const [none] = await store.reader.agentFigures(otherOrgId, request);
      expect(none).toEqual(expected([], 'router', request));
      expect(await store.reader.oldestAgentDay(otherOrgId, 'router', {})).toBe(null);
    });

    test('oldestAgentDay() is the day of the oldest session of a range', async () => {
      const routers = all.filter(({ session }) => session.agentId === 'router');
      const oldest = Math.min(...routers.map(({ session }) => session.startedAtMs));
      const day = (ms: number) => Math.floor(ms / dayMs) * dayMs;
      const { reader } = store;
      expect(await reader.oldestAgentDay(testOrgId, 'router', {})).toBe(day(oldest));
      const later = { fromMs: noonMs - 1, environments: ['nowhere'] };
      expect(await reader.oldestAgentDay(testOrgId, 'router', later)).toBe(null);
    });
  });
}

const ranges = fc
  .record({
    ends: fc.option(fc.tuple(fc.nat(140 * hourMs), fc.nat(140 * hourMs)), { nil: undefined }),
    isWhole: fc.boolean(),
    environments: fc.option(fc.constantFrom(['production'], ['staging', 'test'], ['nowhere']), {
      nil: undefined,
    }),
  })
  .map(({ ends, isWhole, environments }) => {
    if (ends === undefined) return { environments };
    const round = (ms: number) => (isWhole ? Math.floor(ms / dayMs) * dayMs : ms);
    const [from, to] = ends.map((ago) => round(noonMs - ago)).toSorted((a, b) => a - b);
    return { fromMs: from, toMs: to, environments };
  });

const widths = fc.constantFrom(hourMs, 6 * hourMs, dayMs, 7 * dayMs);

function expected(
  all: readonly SessionSummary[],
  agentId: string,
  { range, bucketMs }: AgentFiguresRequest,
): AgentFigures {
  const { fromMs = -Infinity, toMs = Infinity, environments } = range;
  const own = all.filter(({ session }) => session.agentId === agentId);
  const isThere = ({ session }: SessionSummary) =>
    environments?.includes(session.environment) ?? true;
  const inRange = own.filter(
    (one) => isThere(one) && one.session.startedAtMs >= fromMs && one.session.startedAtMs < toMs,
  );
  const running = own.filter(({ session }) => session.status === 'running');
  const ended = own
    .filter(({ session }) => session.endedAtMs !== null)
    .toSorted(lastEndedFirst)
    .slice(0, judgedSessions);
  const seen = [...running, ...ended].map(({ session }) => session.lastSeenAtMs);
  return sorted({
    agentId,
    running: running.length,
    runningInRange: running.filter(isThere).length,
    ended: ended.map(({ session }) => ({
      status: session.status === 'stale' ? 'stale' : 'done',
      errorCount: session.errorCount,
      endedAtMs: session.endedAtMs ?? 0,
    })),
    lastSeenAtMs: seen.length === 0 ? null : Math.max(...seen),
    cells: cellsOf(inRange, bucketMs),
    durations: inRange.flatMap(({ session: { startedAtMs, endedAtMs } }) =>
      endedAtMs === null ? [] : [{ startedAtMs, lastedMs: endedAtMs - startedAtMs }],
    ),
  });
}

function cellsOf(sessions: readonly SessionSummary[], bucketMs: number) {
  const startOf = ({ session }: SessionSummary) =>
    Math.floor(session.startedAtMs / bucketMs) * bucketMs;
  const sum = (some: readonly SessionSummary[], of: (one: SessionSummary) => number) =>
    some.reduce((total, one) => total + of(one), 0);
  return [...Map.groupBy(sessions, startOf)]
    .toSorted(([a], [b]) => a - b)
    .map(([startMs, some]) => ({
      startMs,
      sessions: some.length,
      withErrors: some.filter(({ session }) => session.errorCount > 0).length,
      costNanoUsd: some.reduce((total, { session }) => total + session.totalCostNanoUsd, 0n),
      unpriced: sum(some, ({ session }) => session.unpricedCount),
      incomplete: some.filter(({ incomplete }) => incomplete).length,
      steps: sum(some, ({ session }) => session.stepCount),
    }));
}

function lastEndedFirst({ session: a }: SessionSummary, { session: b }: SessionSummary): number {
  const ends = (b.endedAtMs ?? 0) - (a.endedAtMs ?? 0);
  return ends || b.startedAtMs - a.startedAtMs || (a.id < b.id ? 1 : -1);
}

/** Lists within figures come in any order. */
function sorted(figures: AgentFigures): AgentFigures {
  return {
    ...figures,
    ended: figures.ended.toSorted(
      (a, b) =>
        b.endedAtMs - a.endedAtMs ||
        a.status.localeCompare(b.status) ||
        a.errorCount - b.errorCount,
    ),
    durations: figures.durations.toSorted(
      (a, b) => a.startedAtMs - b.startedAtMs || a.lastedMs - b.lastedMs,
    ),
  };
}

function listContract(open: Open): void {
  describe('agents', () => {
    let store: ReadStore;
    beforeEach(async () => {
      store = await open(noonMs, [otherOrgId]);
      await store.ingest([
        start(1, { agent_id: 'a', environment: 'production' }),
        start(2, { agent_id: 'b', environment: 'staging' }),
        start(3, { agent_id: 'c', environment: 'production' }),
      ]);
    });
    afterEach(() => store.close());

    const idsOf = async (more: object = {}) => {
      const request = { afterId: null, limit: 10, includesArchived: false, ...more };
      return (await store.reader.agents(testOrgId, request)).map(({ id }) => id);
    };

    test('are listed by environment; one that is archived only when asked for (A2)', async () => {
      expect(await idsOf()).toEqual(['a', 'b', 'c']);
      expect(await idsOf({ environments: ['production', 'test'] })).toEqual(['a', 'c']);
      expect(await idsOf({ environments: ['test'] })).toEqual([]);
      const edits = { id: 'a', name: 'A – 東京', description: 'x', statusOverride: 'archived' };
      await change(store, (tx) =>
        tx.updateAgent(testOrgId, { ...edits, statusOverride: 'archived' }),
      );
      expect(await idsOf()).toEqual(['b', 'c']);
      expect(await idsOf({ includesArchived: true })).toEqual(['a', 'b', 'c']);
      expect(await store.reader.agent(testOrgId, 'a')).toEqual({
        ...edits,
        createdAtMs: noonMs,
        sessionCount: 1,
        lastStartedAtMs: noonMs,
        activeVersion: null,
      });
      expect(await store.reader.agent(otherOrgId, 'a')).toBe(null);
    });

    test('edits survive further sessions, and are locked by id and organisation (A1, O1)', async () => {
      const edits = { id: 'a', name: 'Alpha', description: null, statusOverride: null };
      await change(store, (tx) => tx.updateAgent(testOrgId, edits));
      await store.ingest([start(4, { agent_id: 'a', started_at: iso(noonMs + 5) })]);
      await change(store, async (tx) => {
        expect(await tx.lockAgent(testOrgId, 'a')).toEqual(edits);
        expect(await tx.lockAgent(testOrgId, 'none')).toBe(null);
        expect(await tx.lockAgent(otherOrgId, 'a')).toBe(null);
      });
      const found = await store.reader.agent(testOrgId, 'a');
      expect(found).toMatchObject({ name: 'Alpha', sessionCount: 2 });
    });
  });
}

const version: VersionRow = {
  orgId: testOrgId,
  agentId: 'a',
  number: 1,
  state: 'draft',
  content: {
    model: 'gpt-5',
    temperature: 0.2,
    maxTokens: 500,
    systemPrompt: 'Be kind.\u0000\ud800',
    guardrails: { cost_limit_usd: '0.5', max_steps: 3 },
  },
  author: 'person "Ada"',
  createdAtMs: noonMs,
  activatedAtMs: null,
};

function versionContract(open: Open): void {
  describe('versions of agents', () => {
    let store: ReadStore;
    beforeEach(async () => {
      store = await open(noonMs, [otherOrgId]);
    });
    afterEach(() => store.close());

    test('every field is kept, newest first, of one agent and organisation (A3, O1)', async () => {
      const second = { ...version, number: 2 };
      const other = { ...version, orgId: otherOrgId, author: 'else' };
      await change(store, async (tx) => {
        for (const row of [version, second, other]) await tx.insertVersion(row);
        expect(await tx.findVersion(testOrgId, 'a', 1)).toEqual(version);
        expect(await tx.lastVersion(testOrgId, 'a')).toBe(2);
        expect(await tx.lastVersion(testOrgId, 'b')).toBe(0);
      });
      const { reader } = store;
      expect(await reader.versions(testOrgId, 'a', 10)).toEqual([second, version]);
      expect(await reader.versions(testOrgId, 'a', 1)).toEqual([second]);
      expect(await reader.versions(otherOrgId, 'a', 10)).toEqual([other]);
      expect(await reader.versions(testOrgId, 'b', 10)).toEqual([]);
      expect(await reader.version(testOrgId, 'a', 3)).toBe(null);
      expect(await reader.activeVersion(testOrgId, 'a')).toBe(null);
    });

    test('updateVersion() writes state, content and activation; one is active (A3)', async () => {
      await store.ingest([start(1, { agent_id: 'a' })]);
      const active: VersionRow = {
        ...version,
        state: 'active',
        activatedAtMs: noonMs + 1,
        content: { ...version.content, model: null },
      };
      await change(store, async (tx) => {
        await tx.insertVersion(version);
        await tx.updateVersion(active);
        expect(await tx.findActiveVersion(testOrgId, 'a')).toEqual(active);
        expect(await tx.findActiveVersion(otherOrgId, 'a')).toBe(null);
      });
      expect(await store.reader.activeVersion(testOrgId, 'a')).toEqual(active);
      expect(await store.reader.agent(testOrgId, 'a')).toMatchObject({ activeVersion: 1 });
      const second: VersionRow = { ...active, number: 2 };
      await expect(change(store, (tx) => tx.insertVersion(second))).rejects.toThrow();
      expect(await store.reader.versions(testOrgId, 'a', 10)).toEqual([active]);
    });
  });
}

async function change(store: ReadStore, work: (tx: Tx) => Promise<unknown>): Promise<void> {
  await store.run(async ({ tx }) => {
    await work(tx);
    return { ok: true, value: null };
  }, null);
}
