import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { iso, noonMs, start, testOrgId } from '../../testing/records.ts';
import type { VersionRow } from '../agent-rows.ts';
import type { Tx } from '../tx.ts';
import type { ReadStore } from './session-reads.ts';

const otherOrgId = '00000000-0000-7000-8000-0000000000ee';

type Open = (nowMs: number, orgIds: readonly string[]) => Promise<ReadStore>;

/** Every engine keeps agents, what people say of them, and their versions. */
export function agentContract(open: Open): void {
  listContract(open);
  versionContract(open);
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

    test('pages follow each other without those that are archived (A2)', async () => {
      const more = Array.from({ length: 6 }, (_, index) =>
        start(10 + index, { agent_id: `p${index}` }),
      );
      await store.ingest(more);
      const archived = { name: 'x', description: null, statusOverride: 'archived' } as const;
      await change(store, (tx) => tx.updateAgent(testOrgId, { id: 'p2', ...archived }));
      const pages: string[] = [];
      for (let afterId: string | null = null; pages.length < 20; afterId = pages.at(-1) ?? null) {
        const page = await idsOf({ afterId, limit: 3 });
        pages.push(...page);
        if (page.length < 3) break;
      }
      expect(pages).toEqual(['a', 'b', 'c', 'p0', 'p1', 'p3', 'p4', 'p5']);
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
  revision: 3,
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
        revision: 4,
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
