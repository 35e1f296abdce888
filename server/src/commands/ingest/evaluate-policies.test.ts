import { engineId } from '@niitaka/core/policy/decision-rows.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PolicyContent, PolicyRow } from '../../storage/policy-rows.ts';
import { openStore, type TestStore } from '../../testing/open-store.ts';
import {
  end,
  error,
  eventId,
  heartbeat,
  llm,
  noonMs,
  sessionId,
  signal,
  start,
  testOrgId,
  tool,
  trace,
} from '../../testing/records.ts';
import { changePolicy } from '../change-policy.ts';
import { createPolicy } from '../create-policy.ts';

let store: TestStore;
beforeEach(() => {
  store = openStore(noonMs + 20_000);
});
afterEach(() => {
  expect(store.verify().differences).toEqual([]);
  store.close();
});

const stepLimit: PolicyContent = {
  name: 'loop guard',
  type: 'step_limit',
  agentId: null,
  environment: null,
  priority: 0,
  scope: 'session',
  mode: 'enforce',
  condition: { steps_exceeded: 2 },
  action: { type: 'abort' },
};
const acting = { orgId: testOrgId, actor: 'Ada' };

async function create(changes: Partial<PolicyContent> = {}): Promise<PolicyRow> {
  const content = { ...stepLimit, ...changes };
  const made = await store.run(createPolicy, { ...acting, content });
  if (!made.ok) throw new Error(made.failure.message);
  return made.value;
}

const traces = () =>
  store.db
    .prepare(
      `SELECT policy_id, policy_revision, action, decided_by, enforced, inputs, considered FROM decision_traces
       ORDER BY occurred_at, id`,
    )
    .all() as Record<string, unknown>[];
const signals = () =>
  store.db
    .prepare('SELECT type, subtype, action, message FROM signals ORDER BY type, subtype')
    .all() as Record<string, unknown>[];

describe('evaluatePolicies()', () => {
  test('a session that only starts beside one that spends is counted once (S9, S12)', async () => {
    await create();
    await store.ingest([
      start(1),
      tool(1, 1),
      start(2),
      start(3, { parent_session_id: sessionId(1) }),
    ]);
    const counted = store.db.prepare('SELECT sum(sessions) AS sessions FROM rollup_hours').get();
    expect(counted).toEqual({ sessions: 3 });
    expect(store.verify().differences).toEqual([]);
  });

  test('asks about the totals after the batch, and tells once what passed (P5, P7)', async () => {
    const policy = await create();
    await store.ingest([start(1), tool(1, 1)]);
    expect(traces()).toEqual([]);
    await store.ingest([tool(1, 2), tool(1, 3)]);
    await store.ingest([tool(1, 4)]);
    expect(traces()).toMatchObject([
      {
        policy_id: policy.id,
        policy_revision: 1,
        action: 'abort',
        decided_by: 'server',
        enforced: 0,
      },
    ]);
    expect(JSON.parse(String(traces()[0]?.['inputs']))).toMatchObject({ steps: 3, cost: 0 });
    expect(JSON.parse(String(traces()[0]?.['considered']))).toEqual([
      { policy_id: policy.id, revision: 1, result: 'matched', mode: 'enforce' },
    ]);
    expect(signals()).toMatchObject([
      {
        type: 'guardrail',
        subtype: 'step_limit',
        action: 'abort',
        message: 'aborted before call 4: steps 3 ≥ 2, policy loop guard rev 1',
      },
      { type: 'policy', subtype: 'policy_triggered', action: 'abort' },
    ]);
    // Nobody was stopped: that is for the SDK to say.
    expect(store.session(sessionId(1))).toMatchObject({ aborted: 0n, trace_count: 1n });
  });

  test('what the SDK decided is the same row, enforced (P7)', async () => {
    const policy = await create();
    const id = engineId(sessionId(1), 'trace', policy, 'limit');
    const told = { trace_id: id, policy_id: policy.id, policy_revision: 1, action: 'abort' };
    await store.ingest([
      start(1),
      tool(1, 1),
      tool(1, 2),
      trace(1, 1, { ...told, decided_by: 'sdk', enforced: true }),
    ]);
    expect(traces()).toMatchObject([{ decided_by: 'sdk,server', enforced: 1 }]);
    expect(store.session(sessionId(1))).toMatchObject({ aborted: 1n, trace_count: 1n });
  });

  test('a session is aborted once its SDK says so, also of what the server told first (P6, P7)', async () => {
    const policy = await create();
    await store.ingest([start(1), start(2), tool(1, 1), tool(1, 2), tool(2, 3), tool(2, 4)]);
    expect(store.session(sessionId(1))).toMatchObject({ aborted: 0n });
    const told = { policy_id: policy.id, policy_revision: 1, action: 'abort' };
    const traceId = engineId(sessionId(1), 'trace', policy, 'limit');
    const signalId = engineId(sessionId(2), 'guardrail/step_limit', policy, 'limit');
    await store.ingest([
      trace(1, 1, { ...told, trace_id: traceId, decided_by: 'sdk', enforced: true }),
      signal(2, 2, { ...told, signal_id: signalId, type: 'guardrail', subtype: 'step_limit' }),
    ]);
    expect(store.session(sessionId(1))).toMatchObject({ aborted: 1n, trace_count: 1n });
    expect(store.session(sessionId(2))).toMatchObject({ aborted: 1n, signal_count: 2n });
  });

  test('of a session that is over it records what it saw, and no abort (P5)', async () => {
    await create();
    await store.ingest([start(1), tool(1, 1), tool(1, 2), end(1)]);
    expect(traces()).toMatchObject([{ action: 'observed' }]);
    expect(signals()).toEqual([]);
  });

  test('a cost limit fires above the value, a warning once (P2)', async () => {
    await create({
      type: 'cost_limit',
      condition: { cost_exceeded: 1 },
      action: { type: 'warn' },
    });
    await store.ingest([start(1), llm(1, 1), llm(1, 2)]);
    expect(traces()).toEqual([]);
    await store.ingest([llm(1, 3)]);
    await store.ingest([llm(1, 4)]);
    expect(traces()).toMatchObject([{ action: 'warn' }]);
    expect(signals().map(({ subtype }) => subtype)).toEqual(['cost_limit', 'policy_triggered']);
  });

  test('each failed call is asked about, an error of the agent’s own is not (P3, P5)', async () => {
    await create({
      type: 'retry',
      condition: { on_errors: ['rate_limit'] },
      action: { max_retries: 2 },
    });
    const failed = (attempt?: number) => ({
      data: { kind: 'rate_limit', message: 'slow', attempt },
    });
    await store.ingest([start(1), error(1, 1, failed(1)), error(1, 2, failed())]);
    await store.ingest([error(1, 3, failed(3))]);
    const actions = traces().map(({ action }) => String(action));
    expect(actions.toSorted()).toEqual(['retry', 'retry_exhausted']);
    const events = store.db
      .prepare('SELECT event_id FROM decision_traces')
      .pluck()
      .all() as Buffer[];
    const ids = events.map((id) => id.toString('hex')).toSorted();
    expect(ids).toEqual([eventId(1), eventId(3)].map((id) => id.replaceAll('-', '')));
  });

  test('a failed call that nobody can make again is asked of no policy (P5)', async () => {
    await create({ type: 'retry', condition: {}, action: { max_retries: 2 } });
    const data = { kind: 'connection', message: 'cut', attempt: 1 };
    await store.ingest([
      start(1),
      error(1, 1, { data: { ...data, retryable: false } }),
      error(1, 2, { data: { ...data, retryable: true } }),
    ]);
    const events = store.db.prepare('SELECT hex(event_id) FROM decision_traces').pluck().all();
    expect(events).toEqual([eventId(2).replaceAll('-', '').toUpperCase()]);
  });

  test('a tree’s warning is its root’s, whoever tells of it (P7, P10)', async () => {
    const policy = await create({ scope: 'tree', action: { type: 'warn' } });
    await store.ingest([
      start(1),
      start(2, { parent_session_id: sessionId(1) }),
      tool(1, 1),
      tool(2, 2),
    ]);
    const id = engineId(sessionId(1), 'guardrail/step_limit', policy, 'limit');
    const told = { signal_id: id, type: 'guardrail', subtype: 'step_limit', action: 'warn' };
    await store.ingest([
      signal(2, 1, { ...told, policy_id: policy.id, data: { scope: 'tree', threshold: 2 } }),
    ]);
    expect(signals()).toHaveLength(2);
    expect(store.session(sessionId(1))).toMatchObject({ signal_count: 2n });
    expect(store.session(sessionId(2))).toMatchObject({ signal_count: 0n });
  });

  test('the day’s totals count every session of the agent (P1)', async () => {
    await create({
      type: 'cost_limit',
      scope: 'day',
      agentId: 'router',
      condition: { cost_exceeded: 0.9 },
    });
    await store.ingest([start(1, { agent_id: 'router' }), llm(1, 1)]);
    await store.ingest([start(2, { agent_id: 'other' }), llm(2, 2)]);
    expect(traces()).toEqual([]);
    await store.ingest([start(3, { agent_id: 'router' }), llm(3, 3)]);
    expect(traces()).toMatchObject([{ action: 'abort' }]);
  });

  test('a policy file of the sender’s is the sender’s to hold (P5, P8)', async () => {
    await create();
    await store.ingest([start(1, { policy_source: 'file' }), tool(1, 1), tool(1, 2), tool(1, 3)]);
    expect(traces()).toEqual([]);
  });

  test('the answer carries the decision for who does not ask by itself (P5, wire)', async () => {
    const policy = await create();
    const first = await store.ingest([start(1), tool(1, 1)]);
    expect(first.sessions[0]).not.toHaveProperty('decision');
    const answer = await store.ingest([tool(1, 2), tool(1, 3)]);
    expect(answer.sessions[0]?.decision).toEqual({
      action: 'abort',
      policy_id: policy.id,
      revision: 1,
      threshold: 2,
      found: 3,
    });
    const over = await store.ingest([end(1), tool(1, 4)]);
    expect(over.sessions[0]).not.toHaveProperty('decision');
  });

  test('one that cannot be evaluated is told of, once (P3)', async () => {
    await create({ condition: { steps_exceeded: 'many' } });
    await store.ingest([start(1), tool(1, 1)]);
    await store.ingest([tool(1, 2)]);
    expect(traces()).toMatchObject([{ action: 'continue' }]);
    expect(signals()).toMatchObject([{ type: 'policy', subtype: 'policy_error' }]);
  });

  test('a change holds from the next batch on; what comes again is asked nothing new (P1, E4)', async () => {
    const policy = await create({ condition: { steps_exceeded: 9 } });
    await store.ingest([start(1), tool(1, 1), tool(1, 2)]);
    expect(traces()).toEqual([]);
    await store.run(changePolicy, {
      ...acting,
      id: policy.id,
      revision: 1,
      content: { ...policy.content, condition: { steps_exceeded: 2 } },
    });
    const again = await store.ingest([tool(1, 2)]);
    expect(again.sessions[0]).not.toHaveProperty('decision');
    expect(traces()).toEqual([]);
    await store.ingest([tool(1, 3)]);
    expect(traces()).toMatchObject([{ policy_revision: 2, action: 'abort' }]);
  });

  test('an abort stands in every answer while the session runs, a warning in one (P2, P5, wire)', async () => {
    const policy = await create();
    const warning = await create({ action: { type: 'warn' }, condition: { steps_exceeded: 1 } });
    const actionsOf = async (records: readonly object[]) =>
      (await store.ingest(records)).sessions.map(({ decision }) => decision?.action);
    expect(await actionsOf([start(1), tool(1, 1)])).toEqual(['warn']);
    expect(await actionsOf([tool(1, 1)])).toEqual([undefined]);
    expect(await actionsOf([tool(1, 2)])).toEqual(['abort']);
    const written = [traces(), signals()];
    const again = await store.ingest([tool(1, 2)]);
    const { id: policy_id, revision } = policy;
    const standing = { action: 'abort', policy_id, revision, threshold: 2, found: 2 };
    expect(again.sessions[0]?.decision).toEqual(standing);
    expect(await actionsOf([heartbeat(1)])).toEqual(['abort']);
    const content = { ...policy.content, name: 'renamed' };
    await store.run(changePolicy, { ...acting, id: policy_id, revision, content });
    const renamed = await store.ingest([tool(1, 2)]);
    expect(renamed.sessions[0]?.decision).toEqual({ ...standing, revision: 2 });
    expect([traces(), signals()]).toEqual(written);
    expect(traces().map((one) => one['policy_id'])).toContain(warning.id);
    expect(await actionsOf([end(1)])).toEqual([undefined]);
  });

  test('an abort is not told again where the limit was raised since (P1, P5)', async () => {
    const { id, revision, content } = await create();
    await store.ingest([start(1), tool(1, 1), tool(1, 2)]);
    const raised = { ...content, condition: { steps_exceeded: 9 } };
    await store.run(changePolicy, { ...acting, id, revision, content: raised });
    const answer = await store.ingest([tool(1, 2)]);
    expect(answer.sessions[0]).not.toHaveProperty('decision');
  });
});
