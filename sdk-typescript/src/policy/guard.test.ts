import type { IngestRecord } from '@niitaka/protocol/ingest.ts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AgentExecutionStoppedError } from '../control/agent-execution-stopped-error.ts';
import { Guard, type PolicySource } from './guard.ts';
import { readSnapshot, type Snapshot, type SnapshotKey } from './snapshot.ts';
import { newTree, type TreeSpending } from './tree-spending.ts';

type Trace = Extract<IngestRecord, { kind: 'trace' }>;
type Signal = Extract<IngestRecord, { kind: 'signal' }>;

const sessionId = '01990000-0000-7000-8000-000000000001';
const key: SnapshotKey = {
  agentId: 'looper',
  environment: 'production',
  experimentId: null,
  variant: null,
};
const prices = [{ provider: 'openai', model: 'gpt-5', input: '1.25', output: '10' }];

let sent: IngestRecord[];
let revisions: number[];
/** What the server told last. */
let known: Snapshot | null;
let tree: TreeSpending;
beforeEach(() => {
  known = null;
  tree = newTree(sessionId);
  sent = [];
  revisions = [];
});
afterEach(() => void vi.useRealTimers());

const traces = () => sent.filter((record): record is Trace => record.kind === 'trace');
const signals = () => sent.filter((record): record is Signal => record.kind === 'signal');

function policy(number: number, changes: object = {}) {
  return {
    id: `p${number}`,
    name: `policy ${number}`,
    revision: 3,
    type: 'step_limit',
    agent_id: null,
    environment: null,
    priority: 0,
    scope: 'session',
    mode: 'enforce',
    condition: { steps_exceeded: 2 },
    action: { type: 'abort' },
    created_at: '2026-06-15T12:00:00.000Z',
    ...changes,
  };
}

function costLimit(number: number, usd: number, changes: object = {}) {
  return policy(number, { type: 'cost_limit', condition: { cost_exceeded: usd }, ...changes });
}

function snapshotOf(...policies: readonly object[]): Snapshot {
  const snapshot = readSnapshot(key, JSON.stringify({ revision: 1, policies, prices }));
  if (snapshot === null) throw new Error('the snapshot cannot be read');
  return snapshot;
}

function guardBy(snapshot: Snapshot | null): Guard {
  known = snapshot;
  const source: PolicySource = {
    of: () => known,
    request: () => {},
    first: () => Promise.resolve(snapshot),
    refresh: () => {},
    noteRevision: (revision) => revisions.push(revision),
  };
  const send = (record: IngestRecord) => sent.push(record);
  return new Guard({ sessionId, tree, key, source, send });
}

describe('Guard.check()', () => {
  test('throws before the step after the limit, with policy, threshold and found value (P6)', () => {
    const guard = guardBy(snapshotOf(policy(1)));
    guard.check(0);
    guard.check(1);
    expect(() => guard.check(2)).toThrow(
      'aborted before call 3: steps 2 ≥ 2, policy policy 1 rev 3',
    );
    const stopped = thrownBy(() => guard.check(2));
    expect(stopped).toBeInstanceOf(AgentExecutionStoppedError);
    expect(stopped).toMatchObject({ sessionId, policy: 'p1', threshold: 2, found: 2 });
  });

  test('leaves one trace and its signals, once, under ids that the server mints alike (P7)', () => {
    const guard = guardBy(snapshotOf(policy(1)));
    for (let attempt = 0; attempt < 3; attempt += 1) thrownBy(() => guard.check(2));
    expect(traces()).toMatchObject([
      {
        session_id: sessionId,
        policy_id: 'p1',
        policy_revision: 3,
        action: 'abort',
        considered: [{ policy_id: 'p1', revision: 3, result: 'matched', mode: 'enforce' }],
        decided_by: 'sdk',
        enforced: true,
      },
    ]);
    expect(traces()[0]?.inputs).toMatchObject({ steps: 2, cost: 0 });
    expect(signals().map(({ type, subtype, action }) => [type, subtype, action])).toEqual([
      ['guardrail', 'step_limit', 'abort'],
      ['policy', 'policy_triggered', 'abort'],
    ]);
    expect(signals()[0]?.agent_id).toBe('looper');
  });

  test('counts what calls cost by the snapshot’s prices, without the server (P2, C1)', () => {
    const guard = guardBy(snapshotOf(costLimit(1, 0.0225)));
    const call = { provider: 'openai', model: 'gpt-5', input_tokens: 1_000, output_tokens: 1_000 };
    guard.count(call);
    guard.count(call);
    guard.check(2);
    guard.count({ ...call, input_tokens: 0, output_tokens: 1 });
    expect(() => guard.check(3)).toThrow('cost $0.02251 > $0.0225');
  });

  test('tells in a trace what was spent also where no policy limits it (P7)', () => {
    const guard = guardBy(snapshotOf(policy(1)));
    guard.count({ cost_usd: 0.25 });
    thrownBy(() => guard.check(2));
    expect(traces()[0]?.inputs).toMatchObject({ cost: 0.25, tree_cost: 0.25, day_cost: 0.25 });
  });

  test('warns once, and not again where the server says that it was warned (P2)', () => {
    const guard = guardBy(
      snapshotOf(policy(1, { action: { type: 'warn' } }), policy(2, { action: { type: 'warn' } })),
    );
    guard.readAnswer({ warned: ['p2'] });
    for (let steps = 0; steps < 5; steps += 1) guard.check(steps);
    expect(traces().map((trace) => [trace.policy_id, trace.action])).toEqual([['p1', 'warn']]);
  });

  test('takes the server’s last word on who has warned (P2)', () => {
    const guard = guardBy(snapshotOf(policy(1, { action: { type: 'warn' }, scope: 'day' })));
    guard.readAnswer({ warned: ['p1'] });
    guard.check(2);
    expect(traces()).toEqual([]);
    guard.readAnswer({ warned: [] });
    guard.check(3);
    guard.readAnswer({ warned: [] });
    guard.check(4);
    expect(traces()).toHaveLength(1);
  });

  test('what it warned of on one day it warns of on the next (P2)', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 5, 15, 23, 59) });
    const warning = { action: { type: 'warn' } };
    const guard = guardBy(
      snapshotOf(policy(1, { ...warning, scope: 'day' }), policy(2, { ...warning, scope: 'tree' })),
    );
    guard.check(2);
    guard.check(3);
    vi.setSystemTime(Date.UTC(2026, 5, 16));
    guard.check(4);
    guard.check(6);
    guard.check(7);
    const ofDay = signals().filter(
      ({ policy_id: id, type }) => id === 'p1' && type === 'guardrail',
    );
    expect(ofDay.map((signal) => signal.occurred_at.slice(0, 10))).toEqual([
      '2026-06-15',
      '2026-06-16',
    ]);
    expect(signals().filter(({ policy_id: id }) => id === 'p2')).toHaveLength(2);
  });

  test('a policy in shadow is recorded and stops nothing; a broken one is told of once (P1, P3)', () => {
    const guard = guardBy(
      snapshotOf(
        policy(1, { mode: 'shadow' }),
        policy(2, { condition: { steps_exceeded: 'many' } }),
      ),
    );
    for (let steps = 0; steps < 5; steps += 1) guard.check(steps);
    expect(traces().map(({ policy_id: id, enforced }) => [id, enforced])).toEqual([
      ['p2', false],
      ['p1', false],
    ]);
    expect(traces()[0]?.errors).toEqual([{ policy_id: 'p2', at: 'condition.steps_exceeded' }]);
    expect(signals().map(({ subtype }) => subtype)).toEqual(['policy_error']);
  });

  test('on a tree and a day counts the others’ spending and what was spent here since (P1, P10)', () => {
    const guard = guardBy(
      snapshotOf(
        costLimit(1, 5, { scope: 'tree' }),
        costLimit(2, 8, { scope: 'day', agent_id: 'looper' }),
      ),
    );
    guard.readAnswer({ total_cost: 0.1, step_count: 1, tree_cost: 4.9, day_cost: 7 });
    guard.check(1);
    guard.count({ cost_usd: 0.1 });
    guard.check(1);
    guard.count({ cost_usd: 0.11 });
    expect(() => guard.check(1)).toThrow('tree cost $5.01 > $5');
  });

  test('a call without a price counts nothing, and the decision says that it was blind (P2)', () => {
    const guard = guardBy(snapshotOf(costLimit(1, 0.5, { action: { type: 'warn' } })));
    guard.count({ model: 'unheard-of', input_tokens: 1_000_000, output_tokens: 1 });
    guard.count({ cost_usd: 0.6 });
    guard.check(2);
    expect(traces()[0]?.inputs).toMatchObject({ blind: true, cost: 0.6 });
  });

  test('without a snapshot nothing is stopped; a revision is passed on (P5)', () => {
    const guard = guardBy(null);
    guard.check(1_000_000);
    guard.readAnswer({ policy_revision: 7 });
    expect(sent).toEqual([]);
    expect(revisions).toEqual([7]);
  });
});

describe.each([
  ['agent', 'looper', 'day_cost', 'day_steps'],
  ['organisation', null, 'org_day_cost', 'org_day_steps'],
])('at midnight, on a limit of the %s’s day,', (_, agent_id, costName, stepsName) => {
  const midnight = Date.UTC(2026, 5, 16);
  const ofDay = { scope: 'day', agent_id };
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: midnight - 1 }));

  test('what was spent before is not the next day’s, be it told or not (P1)', () => {
    const guard = guardBy(snapshotOf(costLimit(1, 10, ofDay)));
    guard.count({ cost_usd: 9.5 });
    guard.check(1);
    vi.setSystemTime(midnight);
    guard.count({ cost_usd: 0.6 });
    guard.check(2);
    guard.readAnswer({ total_cost: 10.1, step_count: 2, [costName]: 0.6 });
    guard.check(2);
    guard.count({ cost_usd: 9.5 });
    expect(thrownBy(() => guard.check(3))).toMatchObject({ found: 10.1 });
  });

  test('yesterday’s told totals end with their day, also while the server is away (P1)', () => {
    const steps = policy(2, { ...ofDay, condition: { steps_exceeded: 4 } });
    const guard = guardBy(snapshotOf(costLimit(1, 10, ofDay), steps));
    guard.readAnswer({ total_cost: 1, step_count: 1, [costName]: 11, [stepsName]: 9 });
    expect(() => guard.check(1)).toThrow('$11 > $10');
    vi.setSystemTime(midnight);
    for (const begun of [1, 2, 3, 4]) guard.check(begun);
    expect(thrownBy(() => guard.check(5))).toMatchObject({ policy: 'p2', found: 4 });
  });

  test('an event counts on the day on which it began, whenever it is recorded (P1)', () => {
    vi.setSystemTime(midnight + 1);
    const steps = policy(2, { ...ofDay, condition: { steps_exceeded: 2 } });
    const guard = guardBy(snapshotOf(costLimit(1, 0.01, ofDay), steps));
    for (const begun of [0, 1, 2]) {
      guard.noteStep(midnight - 1, begun);
      guard.count({ cost_usd: 0.0035 }, midnight - 1);
    }
    guard.readAnswer({ total_cost: 0.0105, step_count: 3, [costName]: 0, [stepsName]: 0 });
    guard.check(3);
    guard.noteStep(midnight, 3);
    guard.count({ cost_usd: 0.01 }, midnight);
    guard.check(4);
    guard.count({ cost_usd: 0.01 }, midnight + 1e9);
    expect(thrownBy(() => guard.check(4))).toMatchObject({ policy: 'p1', found: 0.02 });
    expect(traces()[0]?.inputs).toMatchObject({ cost: 0.0305 });
  });

  test('a call that waits for its price keeps its day (P1, C1)', () => {
    const call = { provider: 'openai', model: 'gpt-5', input_tokens: 0, output_tokens: 1 };
    const guard = guardBy(null);
    guard.count(call);
    guard.count(call);
    vi.setSystemTime(midnight);
    guard.count(call);
    known = snapshotOf(costLimit(1, 0.00001, ofDay));
    guard.check(3);
    guard.count(call);
    expect(thrownBy(() => guard.check(3))).toMatchObject({ found: 0.00002 });
  });
});

describe('what was spent before a limit came, or before a price was known,', () => {
  const call = { provider: 'openai', model: 'gpt-5', input_tokens: 0, output_tokens: 1 };
  const unpriced = (...policies: readonly object[]) =>
    readSnapshot(key, JSON.stringify({ revision: 1, policies, prices: [] }));

  test('counts under a limit that came later, with the server away from then on (P5)', () => {
    const guard = guardBy(snapshotOf());
    for (let made = 0; made < 3; made += 1) guard.count(call);
    guard.check(3);
    known = snapshotOf(costLimit(1, 0.00002));
    expect(thrownBy(() => guard.check(3))).toMatchObject({ found: 0.00003, threshold: 0.00002 });
  });

  test('counts when the first snapshot came after it (P5, C1)', () => {
    const guard = guardBy(null);
    guard.count(call);
    guard.count({ cost_usd: 0.25 });
    guard.check(2);
    known = snapshotOf(costLimit(1, 0.25));
    expect(thrownBy(() => guard.check(2))).toMatchObject({ found: 0.25001 });
  });

  test('counts once the price is there (C1, P2)', () => {
    const guard = guardBy(unpriced(costLimit(1, 0.00001)));
    guard.count(call);
    guard.count(call);
    guard.check(2);
    known = snapshotOf(costLimit(1, 0.00001));
    expect(thrownBy(() => guard.check(2))).toMatchObject({ found: 0.00002 });
    expect(traces()[0]?.inputs).not.toHaveProperty('blind');
  });

  test('counts as estimated where only its texts are known, which are not kept (C1)', () => {
    const guard = guardBy(unpriced(costLimit(1, 0.00001)));
    guard.count({ provider: 'openai', model: 'gpt-5', output: 'eight ch', usage_estimated: true });
    known = snapshotOf(costLimit(1, 0.00001));
    expect(thrownBy(() => guard.check(2))).toMatchObject({ found: 0.00002 });
  });

  test('is told to its tree, whose lease needs it (P10)', () => {
    const guard = guardBy(null);
    guard.count(call);
    expect(tree.spentNanoUsd).toBe(0n);
    known = snapshotOf();
    guard.count(call);
    expect(tree.spentNanoUsd).toBe(20_000n);
  });

  test('stays unknown without tokens (P2)', () => {
    const guard = guardBy(snapshotOf(costLimit(1, 0.00001)));
    guard.count({ model: 'gpt-5' });
    guard.count({ ...call, output_tokens: 2 });
    thrownBy(() => guard.check(2));
    expect(traces()[0]?.inputs).toMatchObject({ blind: true });
  });

  test('harms nobody, whatever a program calls its models', () => {
    const guard = guardBy(snapshotOf(costLimit(1, 1)));
    const thrower = () => {
      throw new Error('not readable');
    };
    guard.count(new Proxy({}, { get: thrower }));
    for (const damage of [[], {}, 7, null, Symbol('gpt')]) {
      guard.count({ provider: damage, model: damage, response_model: damage, input_tokens: 1 });
      guard.readAnswer({ total_cost: 0 });
    }
    guard.check(5);
  });
});

describe('readSnapshot()', () => {
  test.each(['{', '[]', 'null', '7'])('%s is none', (text) => {
    expect(readSnapshot(key, text)).toBeNull();
  });

  test('leaves out prices that cannot be read, and keeps policies that cannot as broken (P3)', () => {
    const text = JSON.stringify({
      policies: [7, null],
      prices: [7, { model: 'm', input: 'cheap' }],
    });
    const snapshot = readSnapshot(key, text);
    expect(snapshot?.policies.broken).toHaveLength(2);
    expect(snapshot?.costOf({ model: 'm', input_tokens: 1, output_tokens: 1 })).toBeNull();
  });

  test.each([
    [{ cost_usd: 0.1 }, 100_000_000n],
    [{ cost_usd: 0 }, 0n],
    [{ provider: 'openai', model: 'gpt-5', input_tokens: 3, output_tokens: 1 }, 13_750n],
    [{ provider: 'azure', model: 'gpt-5', input_tokens: 3, output_tokens: 1 }, null],
    [{ provider: 'openai', model: 'gpt-5', response_model: 'other', input_tokens: 3 }, null],
  ])('costs %o at %s nano-USD (C1, S6)', (data, expected) => {
    expect(snapshotOf().costOf(data)).toBe(expected);
  });
});

function thrownBy(work: () => void): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return null;
}
