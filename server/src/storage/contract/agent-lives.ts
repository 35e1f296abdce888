import { agentStatus, type AgentStatus } from '@niitaka/core/agent/agent-status.ts';
import type { VersionState } from '@niitaka/core/agent/agent-version.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { activateVersion } from '../../commands/activate-version.ts';
import { changeAgent } from '../../commands/change-agent.ts';
import { changeVersion } from '../../commands/change-version.ts';
import { createVersion } from '../../commands/create-version.ts';
import { deleteSession } from '../../commands/delete-session.ts';
import { end, error, iso, noonMs, sessionId, start, testOrgId } from '../../testing/records.ts';
import type { ReadStore } from './session-reads.ts';

const hourMs = 3_600_000;
const acting = { orgId: testOrgId, actor: 'person "Ada"' };
const nothing = {
  model: null,
  temperature: null,
  maxTokens: null,
  systemPrompt: null,
  guardrails: {},
};

/** A session of an agent: when it started and ended, hours ago; null runs now; `stale` was never ended. */
interface Life {
  readonly startedHoursAgo: number;
  readonly ended: number | 'stale' | null;
  readonly hasErrors?: boolean;
}

const good = (hoursAgo: number): Life => ({ startedHoursAgo: hoursAgo, ended: hoursAgo });
const bad = (hoursAgo: number): Life => ({ ...good(hoursAgo), hasErrors: true });
const stale = (hoursAgo: number): Life => ({ startedHoursAgo: hoursAgo, ended: 'stale' });
const running: Life = { startedHoursAgo: 0, ended: null };
const many = (count: number, of: Life) => Array.from({ length: count }, () => of);

/** What agents are by the sessions they had, and what becomes of their versions, on every engine. */
export function agentLifeContract(
  open: (nowMs: number, orgIds: readonly string[]) => Promise<ReadStore>,
): void {
  statusContract(open);
  transitionContract(open);
}

function statusContract(open: (nowMs: number, orgIds: readonly string[]) => Promise<ReadStore>) {
  describe('the status of an agent', () => {
    let store: ReadStore;
    let number = 0;
    beforeAll(async () => {
      store = await open(noonMs, []);
    });
    afterAll(() => store.close());

    const begin = async (agentId: string, lives: readonly Life[]) => {
      await store.ingest(lives.flatMap((life) => recordsOf(agentId, (number += 1), life)));
    };
    const statusOf = async (agentId: string): Promise<AgentStatus> => {
      const request = { agentIds: [agentId], range: {}, bucketMs: 24 * hourMs, durations: 0 };
      const [figures] = await store.reader.agentFigures(testOrgId, request);
      const override = (await store.reader.agent(testOrgId, agentId))?.statusOverride ?? null;
      const { running: count, ended } = figures ?? { running: 0, ended: [] };
      return agentStatus({ override, running: count, ended }, noonMs);
    };

    test.each<[string, AgentStatus, Life[]]>([
      ['runs', 'active', [running, stale(1), bad(2)]],
      ['was lost last', 'stale', [stale(1), bad(2), good(3)]],
      ['was lost before it ran again', 'idle', [good(1), stale(2)]],
      ['failed and was then lost', 'stale', [bad(2), stale(1)]],
      ['failed in the past day', 'error', [good(1), bad(23)]],
      ['failed a day ago', 'idle', [good(1), bad(24)]],
      ['failed tenth from last', 'error', [...many(9, good(1)), bad(2)]],
      ['failed eleventh from last', 'idle', [...many(10, good(1)), bad(2)]],
      [
        'failed in a run that began long ago',
        'error',
        [{ startedHoursAgo: 90, ended: 2, hasErrors: true }],
      ],
      ['did well long ago', 'idle', [good(90)]],
    ])('that %s is %s (A2)', async (agentId, status, lives) => {
      await begin(agentId, lives);
      expect(await statusOf(agentId)).toBe(status);
      await begin(`${agentId}, told in reverse`, lives.toReversed());
      expect(await statusOf(`${agentId}, told in reverse`)).toBe(status);
      const change = { ...acting, id: agentId, changes: { statusOverride: 'deprecated' as const } };
      expect((await store.run(changeAgent, change)).ok).toBe(true);
      expect(await statusOf(agentId)).toBe('deprecated');
    });

    test('is new again when its last session was deleted, until it runs again (A1, A2)', async () => {
      await begin('forgotten', [bad(1)]);
      expect(await statusOf('forgotten')).toBe('error');
      await store.run(deleteSession, { orgId: testOrgId, sessionId: sessionId(number) });
      expect(await statusOf('forgotten')).toBe('new');
      expect(await store.reader.agent(testOrgId, 'forgotten')).toMatchObject({
        sessionCount: 0,
        lastStartedAtMs: null,
      });
      await begin('forgotten', [good(3), good(5)]);
      expect(await store.reader.agent(testOrgId, 'forgotten')).toMatchObject({
        sessionCount: 2,
        lastStartedAtMs: noonMs - 3 * hourMs,
      });
    });
  });
}

function recordsOf(agentId: string, number: number, life: Life): object[] {
  const startedMs = -life.startedHoursAgo * hourMs;
  const at = iso(noonMs + startedMs);
  return [
    start(number, { agent_id: agentId, started_at: at }),
    ...(life.hasErrors === true ? [error(number, number, { started_at: at, ended_at: at })] : []),
    ...(typeof life.ended === 'number' ? [end(number, -life.ended * hourMs)] : []),
  ];
}

interface KnownVersion {
  state: VersionState;
  model: string | null;
  revision: number;
}

const act = fc.record({
  what: fc.constantFrom('create', 'activate', 'activate', 'change'),
  number: fc.integer({ min: 1, max: 4 }),
});

function transitionContract(
  open: (nowMs: number, orgIds: readonly string[]) => Promise<ReadStore>,
) {
  describe('versions of an agent', () => {
    let store: ReadStore;
    let runs = 0;
    beforeAll(async () => {
      store = await open(noonMs, []);
    });
    afterAll(() => store.close());

    test('are drafts, then active, then kept as they were, whatever is asked (A3)', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(act, { maxLength: 14 }), async (acts) => {
          runs += 1;
          const agentId = `agent ${runs}`;
          await store.ingest([start(runs, { agent_id: agentId })]);
          const known: KnownVersion[] = [];
          for (const [at, { what, number }] of acts.entries()) {
            const args = { ...acting, agentId, number };
            const found = known[number - 1];
            const model = `model ${at}`;
            if (what === 'create') {
              const made = await store.run(createVersion, {
                ...acting,
                agentId,
                content: { ...nothing, model },
              });
              known.push({ state: 'draft', model, revision: 1 });
              expect(made).toMatchObject({
                ok: true,
                value: { number: known.length, state: 'draft' },
              });
            } else if (what === 'change') {
              const read = { revision: found?.revision ?? 1, changes: { model } };
              const changed = await store.run(changeVersion, { ...args, ...read });
              expect(changed.ok).toBe(found?.state === 'draft');
              if (found?.state === 'draft')
                Object.assign(found, { model, revision: found.revision + 1 });
            } else {
              expect((await store.run(activateVersion, args)).ok).toBe(found !== undefined);
              if (found === undefined) continue;
              for (const one of known) if (one.state === 'active') one.state = 'archived';
              found.state = 'active';
            }
          }
          const versions = await store.reader.versions(testOrgId, agentId, 100);
          const shown = versions.map(({ state, revision, content }) => ({
            state,
            revision,
            model: content.model,
          }));
          expect(shown.toReversed()).toEqual(known);
          const active = known.findIndex(({ state }) => state === 'active') + 1;
          const { activeVersion } = (await store.reader.agent(testOrgId, agentId)) ?? {};
          expect(activeVersion).toBe(active === 0 ? null : active);
        }),
        { numRuns: 12 },
      );
    });
  });
}
