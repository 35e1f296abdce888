import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  end,
  error,
  eventId,
  iso,
  llm,
  noonMs,
  opening,
  sessionId,
  start,
  testOrgId,
  tool,
} from '../../testing/records.ts';
import { replayedId, type ReplayEventRequest } from '../replay-reader.ts';
import type { ReadStore } from './session-reads.ts';

const otherOrgId = '00000000-0000-7000-8000-0000000000ee';
const range = { fromMs: noonMs - 1_000, toMs: noonMs + 10_000 };
const at = (ms: number) => ({ started_at: iso(noonMs + ms), ended_at: iso(noonMs + ms + 100) });

/** Every engine gives the same columns for replaying sessions against a policy (P9). */
export function replayReadContract(
  open: (nowMs: number, orgIds: readonly string[]) => Promise<ReadStore>,
): void {
  describe('replay reads', () => {
    let store: ReadStore;
    beforeAll(async () => {
      store = await open(noonMs + 60_000, [otherOrgId]);
      const failed = { kind: 'timeout', message: 'slow', attempt: 2, model: 'gpt-5' };
      await store.ingest([
        start(1, { agent_id: 'alpha', goal: 'g' }),
        // Sent in another order than they happened.
        tool(1, 3, at(3_000)),
        llm(1, 1, at(1_000)),
        llm(1, 2, { ...at(2_000), data: { model: 'unheard-of', input_tokens: 1 } }),
        error(1, 4, at(4_000)),
        error(1, 5, { ...at(5_000), data: failed }),
        llm(1, 6, { ...at(6_000), ...opening }),
        start(2, {
          agent_id: 'beta',
          parent_session_id: sessionId(1),
          started_at: iso(noonMs + 1),
        }),
        llm(2, 11, at(1_500)),
        start(3, { environment: 'lab', started_at: iso(noonMs + 2) }),
      ]);
      await store.ingest([end(2, 2_000), llm(2, 12, at(9_000))]);
      await store.ingest([start(1)], otherOrgId);
    });
    afterAll(() => store.close());

    const sessions = (more: object = {}, limit = 10) =>
      store.reader.replaySessions(testOrgId, { ...range, ...more }, null, limit);
    const keysOf = async (...numbers: number[]) => {
      const all = await sessions();
      return numbers.map((number) => all.find(({ id }) => id === sessionId(number))?.key ?? '');
    };
    const events = async (request: Partial<ReplayEventRequest>) => {
      const asked = { keys: [], what: 'steps', after: null, limit: 100, ...request } as const;
      const read = await store.reader.replayEvents(testOrgId, asked);
      return Array.from(read.atMs, (atMs, place) => [
        read.session[place],
        replayedId(read, place),
        atMs - noonMs,
        read.costNanoUsd[place],
      ]);
    };

    test('replaySessions() gives what is needed of each, newest first, by pages', async () => {
      const all = await sessions();
      expect(all.map(({ id }) => id)).toEqual([3, 2, 1].map(sessionId));
      expect(all[2]).toEqual({
        key: expect.any(String),
        id: sessionId(1),
        rootSessionId: sessionId(1),
        isAlone: false,
        agentId: 'alpha',
        environment: 'production',
        goal: 'g',
        startedAtMs: noonMs,
        goalCompleted: null,
        costNanoUsd: 500_000_000n,
        steps: 3,
        errors: 2,
        events: 6,
        unpriced: 1,
      });
      expect(all.map(({ isAlone }) => isAlone)).toEqual([true, false, false]);
      const [first] = await sessions({}, 1);
      const after = { startedAtMs: first?.startedAtMs ?? 0, id: first?.id ?? '' };
      const rest = await store.reader.replaySessions(testOrgId, range, after, 10);
      expect(rest).toEqual(all.slice(1));
    });

    test('replaySessions() takes the filter, of one organisation (O1)', async () => {
      const ids = async (more: object) => (await sessions(more)).map(({ id }) => id);
      expect(await ids({ agentIds: ['beta'] })).toEqual([sessionId(2)]);
      expect(await ids({ environments: ['lab'] })).toEqual([sessionId(3)]);
      expect(await ids({ agentIds: [] })).toEqual([]);
      expect(await ids({ fromMs: noonMs + 1, toMs: noonMs + 2 })).toEqual([sessionId(2)]);
      const other = await store.reader.replaySessions(otherOrgId, range, null, 10);
      expect(other.map(({ id }) => id)).toEqual([sessionId(1)]);
    });

    test('replayTrees() gives every session of trees, at most so many', async () => {
      const roots = [1, 3].map(sessionId);
      const ids = async (rootIds: readonly string[], limit = 10, orgId = testOrgId) =>
        (await store.reader.replayTrees(orgId, rootIds, limit)).map(({ id }) => id).toSorted();
      expect(await ids(roots)).toEqual([1, 2, 3].map(sessionId));
      expect(await ids([sessionId(1)])).toEqual([1, 2].map(sessionId));
      expect(await ids(roots, 2)).toHaveLength(2);
      expect(await ids([])).toEqual([]);
      expect(await ids([sessionId(2)], 10, otherOrgId)).toEqual([]);
    });

    test('replayEvents() gives finished steps before the end, by session and time (S5)', async () => {
      const dollar = 500_000_000;
      expect(await events({ keys: await keysOf(2, 3, 1) })).toEqual([
        [0, eventId(11), 1_500, dollar],
        [2, eventId(1), 1_000, dollar],
        [2, eventId(2), 2_000, 0],
        [2, eventId(3), 3_000, 0],
      ]);
      expect(await events({ keys: await keysOf(3) })).toEqual([]);
    });

    test('replayEvents() goes on after the last event of one session', async () => {
      const keys = await keysOf(1);
      const page = await store.reader.replayEvents(testOrgId, {
        keys,
        what: 'steps',
        after: null,
        limit: 2,
      });
      expect([page.atMs.length, page.isCut]).toEqual([2, true]);
      const after = { atMs: page.atMs[1] ?? 0, position: page.position[1] ?? 0 };
      expect(await events({ keys, after })).toEqual([[0, eventId(3), 3_000, 0]]);
    });

    test('replayEvents() gives a long session the same by pages of any length', async () => {
      const nowMs = noonMs + 20_000;
      const records = Array.from({ length: 24 }, (_, index) =>
        llm(4, 100 + index, {
          // Several at once, and not in the order of their times.
          ...at(1_000 * ((index * 7) % 8)),
          data: { model: 'm', cost_usd: index / 1e9 },
        }),
      );
      await store.ingest([start(4, { started_at: iso(nowMs) }), ...records]);
      const filter = { fromMs: nowMs, toMs: nowMs + 1 };
      const [long] = await store.reader.replaySessions(testOrgId, filter, null, 1);
      const keys = [long?.key ?? ''];
      const whole = await events({ keys });
      expect(whole).toHaveLength(24);
      expect(whole.map(([, , atMs]) => atMs)).toEqual(
        whole.map(([, , atMs]) => Number(atMs)).toSorted((one, other) => one - other),
      );
      for (const limit of [1, 5, 23, 24]) {
        const seen: (string | undefined)[] = [];
        let after: ReplayEventRequest['after'] = null;
        for (let isCut = true; isCut;) {
          const request: ReplayEventRequest = { keys, what: 'steps', after, limit };
          const page = await store.reader.replayEvents(testOrgId, request);
          for (const place of page.session.keys()) seen.push(replayedId(page, place));
          after = { atMs: page.atMs.at(-1) ?? 0, position: page.position.at(-1) ?? 0 };
          isCut = page.isCut && page.atMs.length > 0;
        }
        expect(seen).toEqual(whole.map(([, id]) => id));
      }
    });

    test('replayEvents() gives the facts of calls that failed', async () => {
      const keys = await keysOf(1);
      const asked = { keys, what: 'failures', after: null, limit: 10 } as const;
      const read = await store.reader.replayEvents(testOrgId, asked);
      expect(read.failed).toEqual([null, { kind: 'timeout', attempt: 2, model: 'gpt-5' }]);
      expect([0, 1].map((place) => replayedId(read, place))).toEqual([4, 5].map(eventId));
    });
  });
}
