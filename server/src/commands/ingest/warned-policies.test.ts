import type { Result } from '@niitaka/core/result.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PolicyContent } from '../../storage/policy-rows.ts';
import { openPostgresStore } from '../../testing/open-postgres-store.ts';
import { openStore } from '../../testing/open-store.ts';
import {
  heartbeat,
  iso,
  noonMs,
  sessionId,
  signal,
  start,
  testOrgId,
  tool,
} from '../../testing/records.ts';
import type { Command } from '../command.ts';
import { changePolicy } from '../change-policy.ts';
import { createPolicy } from '../create-policy.ts';
import type { IngestOutcome } from './ingest-answer.ts';

interface WarnedStore {
  nowMs: number;
  ingest(records: readonly object[]): Promise<IngestOutcome>;
  run<Args, Value>(command: Command<Args, Value>, args: Args): Promise<Result<Value>>;
  close(): void | Promise<void>;
}

const day = 86_400_000;

const stepLimit: PolicyContent = {
  name: 'two steps',
  type: 'step_limit',
  agentId: null,
  environment: null,
  priority: 0,
  scope: 'tree',
  mode: 'enforce',
  condition: { steps_exceeded: 2 },
  action: { type: 'warn' },
};

describe.each<[string, () => WarnedStore | Promise<WarnedStore>]>([
  ['SQLite', () => openStore(noonMs + 20_000)],
  ['PostgreSQL', () => openPostgresStore(noonMs + 20_000)],
])('who has warned, on %s', (_, open) => {
  let store: WarnedStore;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  async function create(changes: Partial<PolicyContent> = {}): Promise<string> {
    const content = { ...stepLimit, ...changes };
    const made = await store.run(createPolicy, { orgId: testOrgId, actor: 'Ada', content });
    if (!made.ok) throw new Error(made.failure.message);
    return made.value.id;
  }
  async function change(id: string, revision: number, changes: Partial<PolicyContent>) {
    const content = { ...stepLimit, ...changes };
    const made = await store.run(changePolicy, {
      orgId: testOrgId,
      actor: 'Ada',
      id,
      revision,
      content,
    });
    if (!made.ok) throw new Error(made.failure.message);
  }
  const decisionsOf = ({ sessions }: IngestOutcome) =>
    sessions.map(({ decision }) => decision && [decision.policy_id, decision.revision]);
  const warnedOf = ({ sessions }: IngestOutcome) =>
    Object.fromEntries(sessions.map((one) => [one.session_id, one.warned]));

  test('is told of a tree to every session of it, and to no other (P2, wire)', async () => {
    const id = await create();
    const child = start(2, { parent_session_id: sessionId(1) });
    const before = await store.ingest([start(1), child, start(3), tool(1, 1)]);
    expect(before.sessions.map(({ warned }) => warned)).toEqual([[], [], []]);
    await store.ingest([tool(2, 2)]);
    const later = start(4, { parent_session_id: sessionId(2) });
    expect(warnedOf(await store.ingest([later, heartbeat(1, 3)]))).toEqual({
      [sessionId(4)]: [id],
      [sessionId(1)]: [id],
      [sessionId(3)]: [],
    });
  });

  test('is told in the answer to the batch that passed the limit (P2, wire)', async () => {
    const id = await create();
    const answer = await store.ingest([start(1), tool(1, 1), tool(1, 2)]);
    expect(answer.sessions[0]?.warned).toEqual([id]);
  });

  test('is told of a day to its agent in its environment until midnight (P1, P2)', async () => {
    const id = await create({ scope: 'day', agentId: 'router' });
    await store.ingest([start(1, { agent_id: 'router' }), tool(1, 1), tool(1, 2)]);
    const others = [
      start(2, { agent_id: 'router' }),
      start(3, { agent_id: 'router', environment: 'staging' }),
      start(4, { agent_id: 'other' }),
    ];
    expect(warnedOf(await store.ingest(others))).toEqual({
      [sessionId(2)]: [id],
      [sessionId(3)]: [],
      [sessionId(4)]: [],
    });
    store.nowMs += day;
    expect(warnedOf(await store.ingest([heartbeat(2)]))).toEqual({ [sessionId(2)]: [] });
  });

  test('names no policy of one session, none that stops, and none in shadow (P2)', async () => {
    await create({ scope: 'session' });
    await create({ action: { type: 'abort' } });
    await create({ mode: 'shadow' });
    const answer = await store.ingest([start(1), tool(1, 1), tool(1, 2)]);
    expect(answer.sessions[0]?.warned).toEqual([]);
  });

  test('keeps the other sessions of a day from warning once more, and the first (P2)', async () => {
    const id = await create({ scope: 'day' });
    const both = [start(1), start(2), tool(1, 1), tool(1, 2), tool(2, 3)];
    const first = await store.ingest(both);
    expect(decisionsOf(first)).toEqual([[id, 1], undefined]);
    expect(decisionsOf(await store.ingest([tool(2, 4), tool(1, 5)]))).toEqual([
      undefined,
      undefined,
    ]);
  });

  test.each(['session', 'tree', 'day'] as const)(
    'a policy of a %s that is changed does not warn again, whatever its threshold (P1, P2)',
    async (scope) => {
      const id = await create({ scope });
      const first = await store.ingest([start(1), tool(1, 1), tool(1, 2)]);
      expect(decisionsOf(first)).toEqual([[id, 1]]);
      await change(id, 1, { scope, priority: 7 });
      const renamed = await store.ingest([tool(1, 3)]);
      expect(decisionsOf(renamed)).toEqual([undefined]);
      await change(id, 2, { scope, condition: { steps_exceeded: 4 } });
      const raised = await store.ingest([tool(1, 4), heartbeat(1)]);
      expect(decisionsOf(raised)).toEqual([undefined]);
      expect(raised.sessions[0]?.warned).toEqual(scope === 'session' ? [] : [id]);
    },
  );

  test('a day’s policy that is changed warns again on the next day (P1, P2)', async () => {
    const id = await create({ scope: 'day' });
    await store.ingest([start(1), tool(1, 1), tool(1, 2)]);
    await change(id, 1, { scope: 'day', name: 'two steps a day' });
    expect(decisionsOf(await store.ingest([start(2), tool(2, 3)]))).toEqual([undefined]);
    store.nowMs += day;
    const started_at = iso(noonMs + day);
    const steps = [4, 5].map((one) => tool(3, one, { started_at, ended_at: started_at }));
    const next = await store.ingest([start(3, { started_at }), ...steps]);
    expect(decisionsOf(next)).toEqual([[id, 2]]);
  });

  test('what a sender told of an earlier revision is not told again (P2, P7)', async () => {
    const id = await create();
    await change(id, 1, { priority: 7 });
    const told = { type: 'guardrail', subtype: 'step_limit', action: 'warn', policy_id: id };
    const data = { revision: 1, scope: 'tree', threshold: 2, found: 2 };
    const records = [start(1), tool(1, 1), tool(1, 2), signal(1, 1, { ...told, data })];
    expect(decisionsOf(await store.ingest(records))).toEqual([undefined]);
  });

  test('a policy that warns later is told, though another has warned before (P2, wire)', async () => {
    const early = await create({ scope: 'session', priority: 1 });
    const late = await create({ scope: 'session', condition: { steps_exceeded: 3 } });
    const first = await store.ingest([start(1), tool(1, 1), tool(1, 2)]);
    expect(decisionsOf(first)).toEqual([[early, 1]]);
    expect(decisionsOf(await store.ingest([tool(1, 3)]))).toEqual([[late, 1]]);
    expect(decisionsOf(await store.ingest([tool(1, 4)]))).toEqual([undefined]);
  });

  test('a policy that was passed before it warned is not named (P2)', async () => {
    await store.ingest([start(1), tool(1, 1), tool(1, 2)]);
    const id = await create();
    expect(warnedOf(await store.ingest([heartbeat(1)]))).toEqual({ [sessionId(1)]: [] });
    expect(warnedOf(await store.ingest([tool(1, 3)]))).toEqual({ [sessionId(1)]: [id] });
  });
});
