import { judgedSessions } from '@niitaka/core/agent/agent-status.ts';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deleteSession } from '../../commands/delete-session.ts';
import {
  end,
  error,
  heartbeat,
  iso,
  llm,
  noonMs,
  sessionId,
  start,
  testOrgId,
  tool,
} from '../../testing/records.ts';
import type { AgentFigures, AgentFiguresRequest } from '../agent-rows.ts';
import type { SessionSummary } from '../session-reader.ts';
import { corpusRecords, corpusSize } from './read-corpus.ts';
import type { ReadStore } from './session-reads.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const otherOrgId = '00000000-0000-7000-8000-0000000000ee';
const agentIds = ['router', 'unheard-of', 'writer', 'researcher'];

type Open = (nowMs: number, orgIds: readonly string[]) => Promise<ReadStore>;

/** Every engine gives the figures of agents that the slow and obvious way gives. */
export function agentFiguresContract(open: Open): void {
  figuresContract(open);
  movingContract(open);
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
      const request = { agentIds: ['router'], range: {}, bucketMs: dayMs, durations: 3 };
      const [some] = await store.reader.agentFigures(testOrgId, request);
      const [first, second, third] = all
        .filter(({ session }) => session.agentId === 'router' && session.endedAtMs !== null)
        .toSorted(lastEndedFirst)
        .map(({ session }) => (session.endedAtMs ?? 0) - session.startedAtMs);
      const longest = Math.max(first ?? -1, second ?? -1, third ?? -1);
      expect(some?.durationP95Ms).toBe(longest);
      const shown = some?.cells.map(({ durationP95Ms }) => durationP95Ms ?? -1) ?? [];
      expect(Math.max(...shown)).toBe(longest);
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
    durationP95Ms: p95Of(inRange),
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
      durationP95Ms: p95Of(some),
    }));
}

function lastEndedFirst({ session: a }: SessionSummary, { session: b }: SessionSummary): number {
  const ends = (b.endedAtMs ?? 0) - (a.endedAtMs ?? 0);
  return ends || b.startedAtMs - a.startedAtMs || (a.id < b.id ? 1 : -1);
}

function p95Of(sessions: readonly SessionSummary[]): number | null {
  const lasted = sessions
    .flatMap(({ session: { startedAtMs, endedAtMs } }) =>
      endedAtMs === null ? [] : [endedAtMs - startedAtMs],
    )
    .toSorted((a, b) => a - b);
  return lasted[Math.ceil(lasted.length * 0.95) - 1] ?? null;
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
  };
}

/** Figures move with what comes late, and with what is deleted. */
function movingContract(open: Open): void {
  describe("an agent's figures", () => {
    let store: ReadStore;
    beforeEach(async () => {
      store = await open(noonMs, []);
    });
    afterEach(() => store.close());

    const figuresOf = async () => {
      const request = { agentIds: ['a'], range: {}, bucketMs: dayMs, durations: 9 };
      const [figures] = await store.reader.agentFigures(testOrgId, request);
      const { cells = [], ended = [], running, durationP95Ms } = figures ?? {};
      const [{ sessions, withErrors, costNanoUsd, steps } = noCell] = cells;
      return {
        sessions,
        withErrors,
        costNanoUsd,
        steps,
        ended: ended.length,
        running,
        durationP95Ms,
      };
    };

    test('follow steps, errors, ends and deletions, roll-ups and sessions alike (S12)', async () => {
      await store.ingest([start(1, { agent_id: 'a' }), llm(1, 1)]);
      const first = { sessions: 1, withErrors: 0, costNanoUsd: 500_000_000n, steps: 1 };
      expect(await figuresOf()).toEqual({ ...first, ended: 0, running: 1, durationP95Ms: null });
      await store.ingest([tool(1, 2), error(1, 3), end(1, 4_000)]);
      const second = { ...first, withErrors: 1, steps: 2 };
      expect(await figuresOf()).toEqual({ ...second, ended: 1, running: 0, durationP95Ms: 0 });
      await store.ingest([start(2, { agent_id: 'a' }), llm(2, 4), llm(2, 5)]);
      expect(await figuresOf()).toMatchObject({ sessions: 2, steps: 4, running: 1, ended: 1 });
      await store.run(deleteSession, { orgId: testOrgId, actor: 'Ada', sessionId: sessionId(1) });
      const left = { sessions: 1, withErrors: 0, costNanoUsd: 1_000_000_000n, steps: 2 };
      expect(await figuresOf()).toEqual({ ...left, ended: 0, running: 1, durationP95Ms: null });
      await store.run(deleteSession, { orgId: testOrgId, actor: 'Ada', sessionId: sessionId(2) });
      expect(await figuresOf()).toEqual({
        ...noCell,
        ended: 0,
        running: 0,
        durationP95Ms: null,
      });
    });

    test('tell the last ten that ended, wherever they ran, the last first (A2)', async () => {
      for (let number = 1; number <= 12; number += 1) {
        const environment = number % 2 === 0 ? 'production' : 'staging';
        const startedAt = iso(noonMs - number * hourMs);
        await store.ingest([
          start(number, { agent_id: 'a', environment, started_at: startedAt }),
          ...(number % 3 === 0 ? [error(number, number, { started_at: startedAt })] : []),
          end(number, -number * 1_000),
        ]);
      }
      const range = { environments: ['production'] };
      const request = { agentIds: ['a'], range, bucketMs: dayMs, durations: 9 };
      const [figures] = await store.reader.agentFigures(testOrgId, request);
      expect(figures?.ended).toEqual(
        Array.from({ length: 10 }, (_, index) => ({
          status: 'done',
          errorCount: (index + 1) % 3 === 0 ? 1 : 0,
          endedAtMs: noonMs - (index + 1) * 1_000,
        })),
      );
      expect(figures?.cells.reduce((sum, { sessions }) => sum + sessions, 0)).toBe(6);
    });

    test('count what runs now, in all environments and in those asked for (A2)', async () => {
      await store.ingest([
        start(1, { agent_id: 'a', environment: 'production' }),
        start(2, { agent_id: 'a', environment: 'staging' }),
        start(3, { agent_id: 'a', environment: 'staging' }),
        start(4, { agent_id: 'b', environment: 'staging' }),
        start(5, { environment: 'staging' }),
      ]);
      const runningIn = async (environments?: string[]) => {
        const request = {
          agentIds: ['b', 'a'],
          range: { environments },
          bucketMs: dayMs,
          durations: 1,
        };
        const figures = await store.reader.agentFigures(testOrgId, request);
        return figures.map(({ agentId, running, runningInRange }) => [
          agentId,
          running,
          runningInRange,
        ]);
      };
      expect(await runningIn()).toEqual([
        ['b', 1, 1],
        ['a', 3, 3],
      ]);
      expect(await runningIn(['production'])).toEqual([
        ['b', 1, 0],
        ['a', 3, 1],
      ]);
    });

    test('of one range are the same by days and by hours (S12)', async () => {
      const at = (hoursAgo: number) => iso(noonMs - hoursAgo * hourMs);
      for (const hours of [70, 47, 40, 25, 12, 3]) {
        await store.ingest([
          start(hours, { agent_id: 'a', started_at: at(hours) }),
          tool(hours, hours, { started_at: at(hours), ended_at: at(hours) }),
        ]);
      }
      const range = { fromMs: noonMs - 50 * hourMs, toMs: noonMs - 5 * hourMs };
      const stepsBy = async (bucketMs: number) => {
        const request = { agentIds: ['a'], range, bucketMs, durations: 0 };
        const [figures] = await store.reader.agentFigures(testOrgId, request);
        return (figures?.cells ?? []).reduce((sum, { steps }) => sum + steps, 0);
      };
      expect(await stepsBy(dayMs)).toBe(4);
      expect(await stepsBy(7 * dayMs)).toBe(4);
      expect(await stepsBy(hourMs)).toBe(4);
    });
  });
}

const noCell = { sessions: 0, withErrors: 0, costNanoUsd: 0n, steps: 0 };
