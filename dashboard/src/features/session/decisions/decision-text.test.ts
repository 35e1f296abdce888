import type { Signal, Trace } from '@niitaka/protocol/signal.ts';
import { describe, expect, test } from 'vitest';
import { consideredText, decisionSentence, decisionText } from './decision-text.ts';

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
  decisionSentence(decisionText(trace(fields), signals));

describe('decisionText()', () => {
  test('says what stopped the run, before which call, and by what (P2, P6)', () => {
    const text = decisionText(trace({}), [signal({})]);
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
      'Warned at step 40: cost $0.4837 > $0.4500, policy loop guard rev 3.',
    );
    const tree = signal({ subtype: 'cost_limit', data: { threshold: 0.9, scope: 'tree' } });
    expect(sentence({}, [tree])).toBe(
      'Aborted before call 41: tree cost $0.9120 > $0.9000, policy loop guard rev 3.',
    );
  });

  test('says what was found where no signal names the threshold', () => {
    expect(sentence({})).toBe(
      'Aborted before call 41: cost $0.4837, steps 40, policy loop guard rev 3.',
    );
    expect(sentence({ inputs: null, policy_revision: null })).toBe('Aborted: policy loop guard.');
  });

  test('takes the nearest of several signals of one policy', () => {
    const early = signal({ data: { threshold: 25 }, occurred_at: '2026-11-24T09:00:00.000Z' });
    expect(decisionText(trace({}), [early, signal({})]).reason).toBe('steps 40 ≥ 40');
  });

  test('a shadow policy only would have acted (P1)', () => {
    const considered = [{ policy_id: 'loop guard', revision: 3, result: 'shadow', mode: 'shadow' }];
    const text = decisionText(trace({ enforced: false, considered }), [signal({})]);
    expect([text.headline, text.mode, text.tone]).toEqual([
      'Would have aborted before call 41',
      'shadow',
      'neutral',
    ]);
  });

  test('an abort that nobody obeyed yet is a decision, no deed', () => {
    const text = decisionText(trace({ enforced: false, decided_by: ['server'] }), []);
    expect([text.headline, text.mode]).toEqual(['Decided to abort before call 41', 'not enforced']);
  });

  test('retries and fallbacks name the error (P4)', () => {
    const inputs = { kind: 'rate_limit', attempt: 2, model: 'gpt-5' };
    expect(sentence({ action: 'retry', inputs })).toBe(
      'Retried after rate limit, attempt 2: policy loop guard rev 3.',
    );
    expect(sentence({ action: 'fallback', inputs, policy_id: null })).toBe(
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
    const text = decisionText(trace({ decided_by: ['sdk', 'server'], latency_us: 1_500_000 }), []);
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
