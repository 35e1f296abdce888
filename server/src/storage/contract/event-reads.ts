import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  error,
  eventId,
  iso,
  llm,
  noonMs,
  numbered,
  opening,
  sessionId,
  signal,
  start,
  testOrgId,
  tool,
  trace,
  update,
} from '../../testing/records.ts';
import type { EventRow } from '../event-row.ts';
import type { EventRequest } from '../session-reader.ts';
import type { ReadStore } from './session-reads.ts';

const otherOrgId = '00000000-0000-7000-8000-0000000000ee';
const eventCount = 90;

const all: EventRequest = {
  order: 'position',
  afterPosition: null,
  afterTime: null,
  types: null,
  q: null,
  limit: 500,
};

/** Every engine pages events, takes cost apart and lists what hangs on a session alike. */
export function eventReadContract(
  open: (nowMs: number, orgIds: readonly string[]) => Promise<ReadStore>,
): void {
  describe('event reads', () => {
    let store: ReadStore;
    let rows: readonly EventRow[];
    beforeAll(async () => {
      store = await open(noonMs + 3_600_000, [otherOrgId]);
      await store.ingest([start(1), start(2, { parent_session_id: sessionId(1) })]);
      for (let number = 1; number <= eventCount; number += 1)
        await store.ingest([recordOf(number)]);
      const closed = (number: number) => ({
        ended_at: iso(noonMs + 9_000),
        ...numbered(1, 1_000 + number),
      });
      await store.ingest([update(recordOf(6), closed(6)), update(recordOf(12), closed(12))]);
      rows = (await store.reader.events(testOrgId, sessionId(1), all)) ?? [];
    });
    afterAll(() => store.close());

    test('events() gives each once, by position over any pages (E4)', async () => {
      expect(rows.length).toBe(eventCount);
      expect(rows.map((row) => row.position)).toEqual(
        rows.map((row) => row.position).toSorted((a, b) => a - b),
      );
      // Closing one gives it a new position: a reader that followed sees it again.
      expect(rows.slice(-2).map((row) => row.id)).toEqual([eventId(6), eventId(12)]);
      await fc.assert(
        fc.asyncProperty(asked, async ({ limit, types, q }) => {
          const found = await byPosition(store, { ...all, limit, types, q });
          expect(found).toEqual(rows.filter((row) => isMatch(row, types, q)));
        }),
        { numRuns: 60 },
      );
    });

    test('events() by time gives each once, by start, sender, seq and id (E6)', async () => {
      await fc.assert(
        fc.asyncProperty(asked, async ({ limit, types, q }) => {
          const found = await byTime(store, { ...all, order: 'time', limit, types, q });
          const wanted = rows.filter((row) => isMatch(row, types, q)).toSorted(compareTimes);
          expect(found.map((row) => row.id)).toEqual(wanted.map((row) => row.id));
        }),
        { numRuns: 60 },
      );
    });

    test('eventSummaries() are the events without their content', async () => {
      const summaries = await store.reader.eventSummaries(testOrgId, sessionId(1), all);
      expect(summaries).toMatchObject(
        rows.map(
          ({ data: _data, truncated: _cut, costClasses: _classes, priceId: _price, ...row }) => row,
        ),
      );
    });

    test('event() gives one whole with the price it was charged by (C1)', async () => {
      const found = await store.reader.event(testOrgId, sessionId(1), eventId(3));
      const { price, ...row } = found ?? { price: null };
      expect(row).toEqual(rows.find(({ id }) => id === eventId(3)));
      expect(JSON.parse(price?.price ?? '{}')).toHaveProperty('provider', 'openai');
      expect(await store.reader.event(testOrgId, sessionId(1), eventId(4_000))).toBeNull();
      expect(await store.reader.event(testOrgId, sessionId(2), eventId(3))).toBeNull();
    });

    test('costParts() add up to the session to the last digit (C1, S6)', async () => {
      const parts = await store.reader.costParts(testOrgId, sessionId(1));
      const whole = await store.reader.sessionWhole(testOrgId, sessionId(1), noonMs);
      const total = whole?.session.totalCostNanoUsd ?? -1n;
      expect(total).toBeGreaterThan(0n);
      const sum = (list: readonly { readonly costNanoUsd: bigint }[] = []) =>
        list.reduce((left, { costNanoUsd }) => left + costNanoUsd, 0n);
      expect(sum(parts?.byModel)).toBe(total);
      expect(sum(parts?.bySource)).toBe(total);
      expect(sum(parts?.steps)).toBe(total);
      expect(parts?.unpriced.length).toBe(whole?.session.unpricedCount);
      const ids = rows.filter(({ costSource }) => costSource === 'unpriced').map(({ id }) => id);
      expect(new Set(parts?.unpriced.map(({ id }) => id))).toEqual(new Set(ids));
      const models = await store.reader.treeCostByModel(testOrgId, sessionId(1));
      expect(sum(models)).toBe(total);
    });

    test('a session of another organisation, or none, has no events (O1)', async () => {
      await store.ingest([start(1)], otherOrgId);
      const { reader } = store;
      expect(await reader.events(otherOrgId, sessionId(1), all)).toEqual([]);
      expect(await reader.events(otherOrgId, sessionId(2), all)).toBeNull();
      expect(await reader.eventSummaries(otherOrgId, sessionId(2), all)).toBeNull();
      expect(await reader.event(otherOrgId, sessionId(1), eventId(3))).toBeNull();
      expect(await reader.costParts(otherOrgId, sessionId(2))).toBeNull();
      expect(await reader.position(otherOrgId, sessionId(2))).toBe(0);
      expect(await reader.position(testOrgId, sessionId(1))).toBe(rows.at(-1)?.position);
    });

    test('signals() and traces() are paged by time and id (G1, P7)', async () => {
      const times = [5, 5, 1, 9, 5];
      const signals = times.map((at, index) => signal(1, index, { occurred_at: iso(noonMs + at) }));
      const traces = times.map((at, index) => trace(1, index, { occurred_at: iso(noonMs + at) }));
      await store.ingest([...signals, ...traces, signal(2, 90)]);
      await store.ingest([signal(null, 91)], otherOrgId);
      const { reader } = store;
      const newest = await reader.signals(testOrgId, { subjectId: sessionId(1) }, null, 500);
      expect(newest.map(({ id }) => Number.parseInt(id.slice(-3), 16))).toEqual([3, 4, 1, 0, 2]);
      const third = newest[2];
      const after = third === undefined ? null : { atMs: third.occurredAtMs, id: third.id };
      const rest = await reader.signals(testOrgId, { subjectId: sessionId(1) }, after, 1);
      expect(rest).toEqual(newest.slice(3, 4));
      expect((await reader.signals(testOrgId, {}, null, 500)).length).toBe(6);
      const ids = newest.map(({ id }) => id);
      expect((await reader.signalsByIds(testOrgId, ids)).length).toBe(5);
      expect(await reader.signalsByIds(otherOrgId, ids)).toEqual([]);
      const oldest = await reader.traces(testOrgId, sessionId(1), null, 500);
      expect(oldest.map(({ id }) => Number.parseInt(id.slice(-3), 16))).toEqual([2, 0, 1, 4, 3]);
      const first = oldest[0];
      const next = first === undefined ? null : { atMs: first.occurredAtMs, id: first.id };
      expect(await reader.traces(testOrgId, sessionId(1), next, 2)).toEqual(oldest.slice(1, 3));
      expect(await reader.traces(otherOrgId, sessionId(1), null, 500)).toEqual([]);
    });

    test('changesSince() gives each row once, by its last revision', async () => {
      const changes = await store.reader.changesSince(testOrgId, 0, 1_000);
      const revisions = changes.map(({ revision }) => revision);
      expect(revisions).toEqual([...new Set(revisions)].toSorted((a, b) => a - b));
      expect(changes.filter(({ kind }) => kind === 'session').length).toBe(2);
      expect(revisions.at(-1)).toBe(await store.reader.revision(testOrgId));
      const middle = revisions[2] ?? 0;
      expect(await store.reader.changesSince(testOrgId, middle, 2)).toEqual(changes.slice(3, 5));
    });

    test('environments() and agents() list what was seen, production first', async () => {
      const begin = (number: number, environment: string, agent: string) =>
        start(number, { environment, agent_id: agent });
      await store.ingest([
        begin(20, 'alpha', 'b'),
        begin(21, 'production', 'a'),
        begin(22, 'beta', 'b'),
      ]);
      const { reader } = store;
      expect(await reader.environments(testOrgId, 10)).toEqual(['production', 'alpha', 'beta']);
      const agents = await reader.agents(testOrgId, {
        afterId: null,
        limit: 10,
        includesArchived: true,
      });
      expect(agents.map(({ id, sessionCount }) => [id, sessionCount])).toEqual([
        ['a', 1],
        ['b', 2],
      ]);
      expect(
        (await reader.agents(testOrgId, { afterId: 'a', limit: 10, includesArchived: true })).map(
          ({ id }) => id,
        ),
      ).toEqual(['b']);
      expect(
        await reader.agents(otherOrgId, { afterId: null, limit: 10, includesArchived: true }),
      ).toEqual([]);
    });

    test('signals() of some types, agents, environments and a range (G1)', async () => {
      const earlyMs = noonMs - 3_600_000;
      const at = (ms: number) => ({ occurred_at: iso(earlyMs + ms) });
      await store.ingest([
        start(60, { environment: 'staging', agent_id: 'sorter' }),
        signal(60, 200, { type: 'guardrail', agent_id: 'sorter', ...at(0) }),
        signal(60, 201, { type: 'control', agent_id: 'sorter', ...at(10) }),
        signal(1, 202, { type: 'guardrail', agent_id: 'router', ...at(20) }),
        signal(null, 203, { type: 'alert', ...at(30) }),
      ]);
      const range = { fromMs: earlyMs, toMs: earlyMs + 40 };
      const found = async (filter: object) => {
        const rows = await store.reader.signals(testOrgId, { ...range, ...filter }, null, 500);
        return rows.map(({ id }) => Number.parseInt(id.slice(-3), 16));
      };
      expect(await found({})).toEqual([203, 202, 201, 200]);
      expect(await found({ toMs: range.fromMs + 20 })).toEqual([201, 200]);
      expect(await found({ fromMs: range.fromMs + 20 })).toEqual([203, 202]);
      expect(await found({ types: ['guardrail', 'alert'] })).toEqual([203, 202, 200]);
      expect(await found({ agentIds: ['sorter'] })).toEqual([201, 200]);
      expect(await found({ environments: ['staging'] })).toEqual([203, 201, 200]);
      expect(await found({ environments: ['production'], types: ['guardrail'] })).toEqual([202]);
      expect(await found({ environments: ['elsewhere'], agentIds: ['router'] })).toEqual([]);
    });

    test('costParts() tells the tokens each class was charged for, cached ones apart (C1, C2)', async () => {
      const call = { provider: 'openai', model: 'gpt-5', input_tokens: 1_000, output_tokens: 90 };
      await store.ingest([
        start(30),
        llm(30, 500, { data: { ...call, cache_read_tokens: 600, reasoning_tokens: 40 } }),
        llm(30, 501, { data: call }),
        llm(30, 502, { data: { ...call, cost_usd: 1 } }),
      ]);
      const parts = await store.reader.costParts(testOrgId, sessionId(30));
      expect(parts?.byClass).toEqual([
        { tokenClass: 'output', tokens: 180, costNanoUsd: 1_800_000n },
        { tokenClass: 'input', tokens: 1_400, costNanoUsd: 1_750_000n },
        { tokenClass: 'cache_read', tokens: 600, costNanoUsd: 75_000n },
      ]);
    });
  });
}

const asked = fc.record({
  limit: fc.integer({ min: 1, max: 40 }),
  types: fc.option(fc.subarray<'llm' | 'tool' | 'error'>(['llm', 'tool', 'error']), { nil: null }),
  q: fc.constantFrom(null, 'search', 'GPT', 'took too', '100%', 'mini_'),
});

/** Kinds, senders and starts that fall together in every way. */
function recordOf(number: number) {
  const at = {
    started_at: iso(noonMs + (number % 7) * 1_000),
    ended_at: iso(noonMs + 8_000),
    ...(number % 5 === 0 ? {} : numbered((number % 3) + 1, number)),
  };
  if (number % 6 === 0) return tool(1, number, { ...at, ...(number <= 12 ? opening : {}) });
  if (number % 11 === 0) return error(1, number, at);
  const model = number % 4 === 0 ? 'unheard-of' : number % 4 === 1 ? 'gpt-5-mini' : 'gpt-5';
  const data = { provider: 'openai', model, input_tokens: number * 100, output_tokens: number };
  return llm(1, number, { ...at, data });
}

function isMatch(row: EventRow, types: EventRequest['types'], q: string | null): boolean {
  if (types !== null && !types.includes(row.type as never)) return false;
  if (q === null) return true;
  const texts = [row.name, row.model, row.brief, row.data];
  return texts.some((text) => text?.toLowerCase().includes(q.toLowerCase()));
}

async function byPosition(store: ReadStore, request: EventRequest): Promise<EventRow[]> {
  const found: EventRow[] = [];
  let afterPosition: number | null = null;
  for (;;) {
    const page: EventRow[] =
      (await store.reader.events(testOrgId, sessionId(1), { ...request, afterPosition })) ?? [];
    found.push(...page);
    afterPosition = page.at(-1)?.position ?? null;
    if (page.length < request.limit) return found;
  }
}

async function byTime(store: ReadStore, request: EventRequest): Promise<EventRow[]> {
  const found: EventRow[] = [];
  for (;;) {
    const last = found.at(-1);
    const afterTime =
      last === undefined
        ? null
        : {
            startedAtMs: last.startedAtMs,
            sender: last.sender,
            seq: last.seq ?? last.closeSeq,
            id: last.id,
          };
    const page =
      (await store.reader.events(testOrgId, sessionId(1), { ...request, afterTime })) ?? [];
    found.push(...page);
    if (page.length < request.limit) return found;
  }
}

function compareTimes(a: EventRow, b: EventRow): number {
  const keys = (row: EventRow) => [row.sender ?? '', row.id] as const;
  const seq = (row: EventRow) => row.seq ?? row.closeSeq ?? 0;
  if (a.startedAtMs !== b.startedAtMs) return a.startedAtMs - b.startedAtMs;
  if (keys(a)[0] !== keys(b)[0]) return keys(a)[0] < keys(b)[0] ? -1 : 1;
  return seq(a) - seq(b) || (a.id < b.id ? -1 : 1);
}
