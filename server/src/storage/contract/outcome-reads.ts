import { randomBytes } from 'node:crypto';
import type { ControlCommand } from '@niitaka/core/control/control-command.ts';
import { success } from '@niitaka/core/result.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  close,
  end,
  eventId,
  iso,
  llm,
  noonMs,
  numbered,
  opening,
  senderId,
  sessionId,
  signal,
  start,
  testOrgId,
  tool,
  trace,
} from '../../testing/records.ts';
import type { Tx } from '../tx.ts';
import type { ReadStore } from './session-reads.ts';

const otherOrgId = '00000000-0000-7000-8000-0000000000ee';
const absentOrgId = '00000000-0000-7000-8000-0000000000dd';

/** Every engine gives back what was written beside the events: commands, traces, senders, what is seen and lost. */
export function outcomeReadContract(
  open: (nowMs: number, orgIds: readonly string[]) => Promise<ReadStore>,
): void {
  describe('outcome reads', () => {
    let store: ReadStore;
    beforeAll(async () => {
      store = await open(noonMs + 60_000, [otherOrgId]);
    });
    afterAll(() => store.close());

    const write = (work: (tx: Tx) => Promise<unknown>) =>
      store.run(async ({ tx }) => success(await work(tx)), null);

    test('commands() are the newest first, openCommands() wait in order of their age (G3)', async () => {
      const { reader } = store;
      await store.ingest([start(1), start(2), start(3), end(3)]);
      const given = [
        commandOf(1, { requestedAtMs: 5_000 }),
        commandOf(2, { requestedAtMs: 4_000, deliveredAtMs: 4_500 }),
        commandOf(3, { requestedAtMs: 5_000, obeyedAtMs: 6_000 }),
        commandOf(4, { requestedAtMs: 9_000, refusedAtMs: 9_500, refusedReason: 'no ”model“' }),
      ];
      const ofDone = commandOf(5, { sessionId: sessionId(3) });
      await write((tx) => tx.insertCommands(testOrgId, [...given, ofDone]));
      const [first, second, third, fourth] = given;
      expect(await reader.commands(testOrgId, sessionId(1), 10)).toEqual([
        fourth,
        third,
        first,
        second,
      ]);
      expect(await reader.commands(testOrgId, sessionId(1), 2)).toEqual([fourth, third]);
      const ids = [3, 1, 2].map(sessionId);
      expect(await reader.openCommands(testOrgId, ids)).toEqual([second, first]);
      expect(await reader.openCommands(testOrgId, [])).toEqual([]);
      expect(await reader.openCommands(otherOrgId, ids)).toEqual([]);
      expect(await reader.commands(otherOrgId, sessionId(1), 10)).toEqual([]);
    });

    test('traces() gather who decided, each once, and whether one of them enforced (P7)', async () => {
      const decided = (number: number, by: string, enforced: boolean) =>
        trace(10, number, { decided_by: by, enforced });
      await store.ingest([start(10), decided(1, 'sdk', false), decided(2, 'server', false)]);
      await store.ingest([decided(1, 'server', true), decided(1, 'sdk', false)]);
      await store.ingest([decided(1, 'server', false), decided(2, 'server', false)]);
      const found = await store.reader.traces(testOrgId, sessionId(10), null, 10);
      expect(found.map(({ decidedBy, enforced }) => [decidedBy, enforced])).toEqual([
        ['sdk,server', true],
        ['server', false],
      ]);
    });

    test('policyHits() counts what policies did or would have done, each trace once (P7, O1)', async () => {
      const at = (ms: number) => ({ occurred_at: iso(noonMs + ms) });
      const by = (policy: string) => ({ policy_id: policy });
      await store.ingest([
        start(95),
        trace(95, 901, { ...by('cap'), ...at(1_000) }),
        trace(95, 902, { ...by('cap'), ...at(2_000), action: 'abort', enforced: false }),
        trace(95, 903, { ...by('cap'), ...at(3_000), action: 'continue' }),
        trace(95, 904, { ...by('loop'), ...at(4_000) }),
        trace(95, 905, { ...by('quiet'), ...at(5_000), action: 'continue' }),
        trace(95, 906, at(6_000)),
      ]);
      const hits = async (
        sinceMs: number,
        ids = ['cap', 'loop', 'quiet', 'none'],
        org = testOrgId,
      ) =>
        Object.fromEntries(
          (await store.reader.policyHits(org, ids, noonMs + sinceMs)).map((one) => [
            one.policyId,
            one.hits,
          ]),
        );
      expect(await hits(0)).toEqual({ cap: 2, loop: 1 });
      expect(await hits(2_000)).toEqual({ cap: 1, loop: 1 });
      expect(await hits(0, ['loop'])).toEqual({ loop: 1 });
      expect(await hits(0, [])).toEqual({});
      expect(await hits(0, ['cap'], otherOrgId)).toEqual({});
    });

    test('one signal id about two subjects is listed under each, in its organisation (G1, O1)', async () => {
      const { reader } = store;
      const texts = { message: 'spent “too” much', data: { found: 1.5, list: [null] } };
      await store.ingest([start(11), start(12), signal(11, 20, texts), signal(12, 20)]);
      await store.ingest([start(11), signal(11, 20)], otherOrgId);
      const [own] = await reader.signals(testOrgId, { subjectId: sessionId(11) }, null, 10);
      expect([own?.message, JSON.parse(own?.data ?? 'null')]).toEqual([texts.message, texts.data]);
      const other = await reader.signals(testOrgId, { subjectId: sessionId(12) }, null, 10);
      expect(other.length).toBe(1);
      expect((await reader.signals(otherOrgId, {}, null, 10)).length).toBe(1);
    });

    test('a running session waits for its newest open call (S4)', async () => {
      const at = (ms: number) => ({ ...opening, started_at: iso(noonMs + ms) });
      const openCall = async (number: number) => {
        const whole = await store.reader.sessionWhole(testOrgId, sessionId(number), noonMs);
        return whole?.openCall;
      };
      await store.ingest([
        start(20),
        tool(20, 100, at(1)),
        llm(20, 101, at(3)),
        tool(20, 102, at(2)),
      ]);
      const sinceMs = noonMs + 3;
      const waited = { eventId: eventId(101), type: 'llm', name: 'gpt-5', sinceMs };
      expect(await openCall(20)).toEqual(waited);
      // Of two that began together the one with the greater id stands, on every engine.
      await store.ingest([tool(20, 103, at(3))]);
      expect(await openCall(20)).toEqual({
        ...waited,
        eventId: eventId(103),
        type: 'tool',
        name: 'search',
      });
      await store.ingest([end(20)]);
      expect(await openCall(20)).toBeNull();
    });

    test('sessionWhole() tells agent, parent and senders with their ledgers (D1, S9)', async () => {
      await store.ingest([
        start(30, { goal: 'above', agent_id: 'upper' }),
        start(31, { parent_session_id: sessionId(30), agent_id: 'lower', metadata: { a: [1] } }),
        llm(31, 110, numbered(7, 1)),
        llm(31, 111, numbered(7, 3)),
        close(31, 7, 5, { dropped: { queue_full: 1 } }),
      ]);
      const whole = await store.reader.sessionWhole(testOrgId, sessionId(31), noonMs);
      expect(whole?.parent).toEqual({ id: sessionId(30), goal: 'above', agentId: 'upper' });
      expect([whole?.agentName, whole?.metadata]).toEqual(['lower', '{"a":[1]}']);
      expect(whole?.senders.map(({ sender, ledger }) => [sender, ledger])).toEqual([
        [
          senderId(7),
          {
            maxSeq: 3,
            closedLastSeq: 5,
            received: [
              [1, 1],
              [3, 3],
            ],
            refused: [],
            droppedBy: { queue_full: 1 },
            omitted: {},
          },
        ],
      ]);
      const { expected, received, missing, droppedBy } = whole?.session ?? {};
      expect({ expected, received, missing, droppedBy }).toEqual({
        expected: 5,
        received: 2,
        missing: 2,
        droppedBy: { queue_full: 1 },
      });
    });

    test('sessionSummaries() leave out what is unknown, and sessions not asked for (O1)', async () => {
      await store.ingest([start(40), start(41)]);
      const ids = [41, 999, 40].map(sessionId);
      const found = await store.reader.sessionSummaries(testOrgId, ids, noonMs);
      expect(found.map(({ session }) => session.id).toSorted()).toEqual([40, 41].map(sessionId));
      expect(await store.reader.sessionSummaries(otherOrgId, ids, noonMs)).toEqual([]);
      expect(await store.reader.sessionSummaries(testOrgId, [], noonMs)).toEqual([]);
    });

    test('agents() and environments() are ordered by code points, not by a language (A1, S10)', async () => {
      const names = ['zebra', 'Zebra', 'éclair', 'a-b', 'a_b', 'ab', '東京', '😀', 'ａ'];
      const starts = names.map((name, index) =>
        start(50 + index, { agent_id: name, environment: name, started_at: iso(noonMs + index) }),
      );
      await store.ingest(starts, otherOrgId);
      const { reader } = store;
      const utf8 = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
      const ordered = names.toSorted(utf8);
      const agents = await reader.agents(otherOrgId, {
        afterId: null,
        limit: 50,
        includesArchived: true,
      });
      expect(agents.map(({ id }) => id)).toEqual(ordered);
      expect(agents.map(({ lastStartedAtMs }) => lastStartedAtMs)).toEqual(
        ordered.map((name) => noonMs + names.indexOf(name)),
      );
      const pages: string[] = [];
      for (let after: string | null = null; pages.length < 50; after = pages.at(-1) ?? null) {
        const page = await reader.agents(otherOrgId, {
          afterId: after,
          limit: 2,
          includesArchived: true,
        });
        pages.push(...page.map(({ id }) => id));
        if (page.length < 2) break;
      }
      expect(pages).toEqual(ordered);
      const seen = await reader.environments(otherOrgId, 50);
      expect(seen).toEqual(['production', ...ordered]);
      expect(await reader.environments(otherOrgId, 3)).toEqual(seen.slice(0, 3));
    });

    test('sessionIdsByTag() finds exactly the tag, at most the limit (S1, O1)', async () => {
      const tags = { 'seed.by': 'it’s' };
      await store.ingest([
        start(70, { tags }),
        start(71, { tags }),
        start(72, { tags: { 'seed.by': 'its' } }),
      ]);
      await store.ingest([start(70, { tags })], otherOrgId);
      const { reader } = store;
      const find = (value: string, limit = 10) =>
        reader.sessionIdsByTag(testOrgId, 'seed.by', value, limit);
      expect((await find('it’s')).toSorted()).toEqual([70, 71].map(sessionId));
      expect(await find('it’s', 1)).toHaveLength(1);
      expect(await find('it')).toEqual([]);
      expect(await reader.sessionIdsByTag(otherOrgId, 'seed.by', 'it’s', 10)).toEqual([
        sessionId(70),
      ]);
    });

    test('lostRecords() add up what each sender told last, as numbers (D1)', async () => {
      const lost = (sender: number, told: Record<string, number>, orgId = testOrgId) =>
        write((tx) => tx.noteLost(orgId, senderId(sender), told, noonMs));
      await lost(1, { disk_full: 2, queue_full: 1 });
      await lost(1, { disk_full: 5 });
      await lost(1, { disk_full: 3 });
      await lost(2, { disk_full: 4 });
      await lost(3, { crashed: 9 }, otherOrgId);
      expect(await store.reader.lostRecords(testOrgId)).toEqual({ disk_full: 9, queue_full: 1 });
      expect(await store.reader.lostRecords(otherOrgId)).toEqual({ crashed: 9 });
      expect(await store.reader.lostRecords(absentOrgId)).toEqual({});
      const ofAll = { crashed: 9, disk_full: 9, queue_full: 1 };
      expect(await store.reader.lostRecordsOfAll(10)).toEqual(ofAll);
      expect(Object.keys(await store.reader.lostRecordsOfAll(2))).toEqual(['crashed', 'disk_full']);
    });

    test('lastJobRunMs() is what the job noted last, null before its first run (S3)', async () => {
      expect(await store.reader.lastJobRunMs('contract')).toBeNull();
      await write((tx) => tx.noteJobRan('contract', noonMs));
      await write((tx) => tx.noteJobRan('contract', noonMs + 5_000));
      expect(await store.reader.lastJobRunMs('contract')).toBe(noonMs + 5_000);
    });

    test('storageBytes() grow by about what is stored', async () => {
      const before = await store.reader.storageBytes();
      for (let number = 1; number <= 20; number += 1) {
        // What cannot be compressed: an engine may do so by itself.
        const data = { input: randomBytes(37_500).toString('base64') };
        await store.ingest([tool(1, 7_000 + number, { data })]);
      }
      const grown = (await store.reader.storageBytes()) - before;
      expect(grown).toBeGreaterThan(800_000);
      expect(grown).toBeLessThan(2_500_000);
    });

    test('oldestStart() is of the range and the environments asked for (S12)', async () => {
      const at = (number: number, ms: number, environment: string) =>
        start(number, { started_at: iso(ms), environment });
      await store.ingest([at(80, 1_000, 'past'), at(81, 5_000, 'past'), at(82, 3_000, 'older')]);
      const oldest = (filter: object) => store.reader.oldestStart(testOrgId, filter);
      expect(await oldest({})).toBe(1_000);
      expect(await oldest({ environments: ['older', 'past'], fromMs: 1_001 })).toBe(3_000);
      expect(await oldest({ environments: ['past'], fromMs: 1_001 })).toBe(5_000);
      expect(await oldest({ environments: ['past'], fromMs: 1_001, toMs: 5_000 })).toBeNull();
      expect(await oldest({ environments: [] })).toBeNull();
      expect(await store.reader.oldestStart(absentOrgId, {})).toBeNull();
    });

    test('hasSessions() and revision() are of one organisation (O1)', async () => {
      expect(await store.reader.hasSessions(testOrgId)).toBe(true);
      expect(await store.reader.hasSessions(absentOrgId)).toBe(false);
      expect(await store.reader.revision(absentOrgId)).toBe(0);
      const before = await store.reader.revision(testOrgId);
      await store.ingest([start(90)], otherOrgId);
      expect(await store.reader.revision(testOrgId)).toBe(before);
      await store.ingest([start(90)]);
      expect(await store.reader.revision(testOrgId)).toBeGreaterThan(before);
    });
  });
}

function commandOf(number: number, changes: Partial<ControlCommand>): ControlCommand {
  return {
    id: `00000000-0000-7000-b200-${String(number).padStart(12, '0')}`,
    sessionId: sessionId(1),
    command: 'pause',
    args: { max_seconds: 60 },
    scope: 'session',
    requestedBy: 'person "Ada"',
    requestedAtMs: 1_000,
    deliveredAtMs: null,
    obeyedAtMs: null,
    refusedAtMs: null,
    refusedReason: null,
    ...changes,
  };
}
