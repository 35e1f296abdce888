import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import type { Policy } from '@niitaka/protocol/policy.ts';
import type { Signal, Trace } from '@niitaka/protocol/signal.ts';
import { describe, expect, test } from 'vitest';
import { policyFixture } from '../../../lib/policy-words/policy-fixture.ts';
import { consideredText, decisionSentence, decisionText } from './decision-text.ts';
import { isLimit } from './limit-reason.ts';

const at = '2026-11-24T10:00:00.000Z';

function trace(fields: Partial<Trace>): Trace {
  return {
    id: '019a3c7e-52f1-7c3a-8000-000000000001',
    session_id: '019a3c7e-52f1-7c3a-8000-000000000002',
    event_id: null,
    policy_id: 'loop guard',
    policy_revision: 3,
    action: 'abort',
    inputs: { cost: 0.4837, steps: 40, tree_cost: 0.912, tree_steps: 71 },
    considered: [{ policy_id: 'loop guard', revision: 3, result: 'matched', mode: 'enforce' }],
    errors: [],
    decided_by: ['sdk'],
    enforced: true,
    latency_us: 40,
    occurred_at: at,
    ...fields,
  };
}

function signal(fields: Partial<Signal>): Signal {
  return {
    id: '019a3c7e-52f1-7c3a-8000-000000000003',
    type: 'guardrail',
    subtype: 'step_limit',
    action: 'abort',
    severity: 'critical',
    agent_id: null,
    session_id: null,
    event_id: null,
    policy_id: 'loop guard',
    message: '',
    data: { threshold: 40, found: 40 },
    occurred_at: at,
    ...fields,
  };
}

const sentence = (fields: Partial<Trace>, signals: readonly Signal[] = []) =>
  decisionSentence(decisionText(trace(fields), signals, []));

/** The sentence where no signal is at hand, but the limit is, as the API lists it. */
const held = (fields: Partial<Trace>, limit: Partial<Policy>) => {
  const policy = policyFixture({ id: 'loop guard', revision: 3, ...limit });
  const limits = [readPolicy(policy)].filter(isLimit);
  return decisionSentence(decisionText(trace(fields), [], limits));
};
const inputs = {
  cost: 0.0035,
  steps: 1,
  tree_cost: 0.007,
  tree_steps: 2,
  day_cost: 0.0105,
  day_steps: 3,
  org_day_cost: 0.014,
  org_day_steps: 4,
};

const steps = (limit: number, scope: Policy['scope']): Partial<Policy> => ({
  condition: { steps_exceeded: limit },
  scope,
});

describe('decisionText()', () => {
  test('says what stopped the run, before which call, and by what (P2, P6)', () => {
    const text = decisionText(trace({}), [signal({})], []);
    expect(decisionSentence(text)).toBe(
      'Aborted before call 41: steps 40 ≥ 40, policy loop guard rev 3.',
    );
    expect([text.tone, text.mode, text.decidedBy]).toEqual([
      'stop',
      'enforced',
      'By the SDK, 0.04 ms',
    ]);
  });

  test('names money for a cost limit, and the tree where the limit is on it', () => {
    const cost = signal({ subtype: 'cost_limit', data: { threshold: 0.45 } });
    expect(sentence({ action: 'warn' }, [cost])).toBe(
      'Warned at step 40: cost $0.4837 > $0.45, policy loop guard rev 3.',
    );
    const tree = signal({ subtype: 'cost_limit', data: { threshold: 0.9, scope: 'tree' } });
    expect(sentence({}, [tree])).toBe(
      'Aborted before call 41: tree cost $0.912 > $0.9, policy loop guard rev 3.',
    );
  });

  test('says what was found where no signal names the threshold', () => {
    expect(sentence({})).toBe(
      'Aborted before call 41: cost $0.4837, steps 40, policy loop guard rev 3.',
    );
    expect(sentence({ inputs: null, policy_revision: null })).toBe('Aborted: policy loop guard.');
  });

  const cost = (usd: number): Partial<Policy> => ({
    type: 'cost_limit',
    condition: { cost_exceeded: usd },
  });
  test.each<[string, Partial<Trace>, Partial<Policy>]>([
    [
      'Warned at step 1: tree cost $0.007 > $0.005',
      { action: 'warn' },
      { ...cost(0.005), scope: 'tree' },
    ],
    ['Warned at step 1: tree steps 2 ≥ 2', { action: 'warn' }, steps(2, 'tree')],
    [
      "Aborted before call 2: the day's cost $0.0105 > $0.0065",
      {},
      { ...cost(0.0065), scope: 'day', agent_id: 'router' },
    ],
    [
      "Aborted before call 2: the day's cost $0.014 > $0.0065",
      {},
      { ...cost(0.0065), scope: 'day' },
    ],
    ["Aborted before call 2: the day's steps 4 ≥ 4", {}, steps(4, 'day')],
    [
      'Over the limit when the session had ended: cost $0.0035 > $0.003',
      { action: 'observed', enforced: false },
      cost(0.003),
    ],
    [
      'Would have aborted before call 2: steps 1 ≥ 1',
      {
        enforced: false,
        considered: [{ policy_id: 'loop guard', revision: 3, result: 'shadow', mode: 'shadow' }],
      },
      { ...steps(1, 'session'), mode: 'shadow' },
    ],
    [
      'Warned at step 1: cost $0.0035 > $0.003 (calls without a price not counted)',
      { action: 'warn', inputs: { ...inputs, blind: true } },
      cost(0.003),
    ],
  ])('without a signal: %s (P1, P2, P7)', (words, fields, limit) => {
    expect(held({ inputs, ...fields }, limit)).toBe(`${words}, policy loop guard rev 3.`);
  });

  test('another revision of the limit says nothing of this decision (P1)', () => {
    expect(held({ inputs }, { revision: 4 })).toBe(
      'Aborted before call 2: cost $0.0035, steps 1, policy loop guard rev 3.',
    );
    const later = signal({ data: { threshold: 50, found: 50, revision: 4 } });
    expect(sentence({}, [later])).toBe(
      'Aborted before call 41: cost $0.4837, steps 40, policy loop guard rev 3.',
    );
  });

  test('a blind limit says so without its threshold too, steps do not (P2)', () => {
    const blind = { cost: 0.5, steps: 40, blind: true };
    expect(decisionText(trace({ inputs: blind }), [], []).reason).toBe(
      'cost $0.5000 (calls without a price not counted), steps 40',
    );
    expect(decisionText(trace({ inputs: blind }), [signal({})], []).reason).toBe('steps 40 ≥ 40');
  });

  test('takes the nearest of several signals of one policy', () => {
    const early = signal({ data: { threshold: 25 }, occurred_at: '2026-11-24T09:00:00.000Z' });
    expect(decisionText(trace({}), [early, signal({})], []).reason).toBe('steps 40 ≥ 40');
  });

  test('a shadow policy only would have acted (P1)', () => {
    const considered = [{ policy_id: 'loop guard', revision: 3, result: 'shadow', mode: 'shadow' }];
    const text = decisionText(trace({ enforced: false, considered }), [signal({})], []);
    expect([text.headline, text.mode, text.tone]).toEqual([
      'Would have aborted before call 41',
      'shadow',
      'neutral',
    ]);
  });

  test('an abort that nobody obeyed yet is a decision, no deed', () => {
    const text = decisionText(trace({ enforced: false, decided_by: ['server'] }), [], []);
    expect([text.headline, text.mode]).toEqual(['Decided to abort before call 41', 'not enforced']);
  });

  test('retries and fallbacks name the error (P4)', () => {
    const failed = { kind: 'rate_limit', attempt: 2, model: 'gpt-5' };
    expect(sentence({ action: 'retry', inputs: failed })).toBe(
      'Retried after rate limit, attempt 2: policy loop guard rev 3.',
    );
    expect(sentence({ action: 'fallback', inputs: failed, policy_id: null })).toBe(
      'Fell back from gpt-5 after rate limit.',
    );
  });

  test('a policy that could not be read says where (P3)', () => {
    const errors = [{ policy_id: 'p1', at: 'action.type' }];
    expect(sentence({ action: 'continue', errors, policy_id: null })).toBe(
      'A policy could not be evaluated: p1 at action.type.',
    );
  });

  test('both deciders and a slow one', () => {
    const text = decisionText(
      trace({ decided_by: ['sdk', 'server'], latency_us: 1_500_000 }),
      [],
      [],
    );
    expect(text.decidedBy).toBe('By the SDK and the server, 1.5 s');
  });

  test('an action it does not know is shown as it came', () => {
    expect(sentence({ action: 'slow_down', inputs: {} })).toBe(
      'slow down: policy loop guard rev 3.',
    );
  });
});

test('consideredText() has words for every result, and passes on others', () => {
  expect(consideredText('below_threshold')).toBe('below its threshold');
  expect(consideredText('outranked')).toBe('matched, but another goes first');
  expect(consideredText('brand_new')).toBe('brand new');
});
