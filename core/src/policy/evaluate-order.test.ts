import { describe, expect, test } from 'vitest';
import { decideCase, inWords } from './fixtures/decide-case.ts';
import type { PolicyCase, WirePolicy } from './fixtures/policy-case.ts';

const head = {
  agent_id: null,
  environment: null,
  priority: 0,
  mode: 'enforce',
  scope: 'session',
  created_at: 0,
};

function cost(id: string, type: string, more: Partial<WirePolicy> = {}): WirePolicy {
  const condition = { cost_exceeded: 0.001 };
  return { ...head, id, type: 'cost_limit', condition, action: { type }, ...more };
}

function steps(id: string, type: string, more: Partial<WirePolicy> = {}): WirePolicy {
  const condition = { steps_exceeded: 2 };
  return { ...head, id, type: 'step_limit', condition, action: { type }, ...more };
}

function retry(id: string, maxRetries: number, more: Partial<WirePolicy> = {}): WirePolicy {
  const action = { max_retries: maxRetries };
  return { ...head, id, type: 'retry', condition: {}, action, ...more };
}

function fallback(id: string, model: string, more: Partial<WirePolicy> = {}): WirePolicy {
  const action = { fallback_model: model };
  return { ...head, id, type: 'fallback', condition: {}, action, ...more };
}

const failed = { type: 'error', kind: 'timeout', attempt: 2, model: 'big' };

/** A session that is over every limit here, whose call has just failed for the second time. */
function decide(policies: readonly WirePolicy[], more: Partial<PolicyCase> = {}) {
  const totals = {
    cost: 2,
    steps: 2,
    tree_cost: 2,
    tree_steps: 2,
    day_cost: 2,
    day_steps: 2,
    org_day_cost: 2,
    org_day_steps: 2,
  };
  return inWords(decideCase({ policies, totals, warned: [], event: failed, ...more }));
}

describe('evaluate() among candidates (P3)', () => {
  test.each([
    ['abort', [cost('c', 'abort'), retry('r', 3), fallback('f', 'small')]],
    ['abort', [steps('s', 'abort'), retry('r', 3), cost('w', 'warn')]],
    ['retry', [cost('w', 'warn'), retry('r', 3), fallback('f', 'small')]],
    ['fallback', [cost('w', 'warn'), retry('r', 1), fallback('f', 'small')]],
    ['fallback', [steps('w', 'warn'), fallback('f', 'small')]],
    ['warn', [cost('w', 'warn'), retry('r', 1), fallback('f', 'big')]],
    ['continue', [retry('r', 1), fallback('f', 'big')]],
    ['continue', [cost('c', 'abort', { mode: 'shadow' }), retry('r', 3, { mode: 'shadow' })]],
    ['continue', [cost('c', 'abort', { mode: 'off' })]],
  ])('%s wins', (action, policies) => {
    expect(decide(policies).action).toBe(action);
  });

  test('a warning fires beside whatever wins, and is no candidate against it', () => {
    const found = decide([cost('w', 'warn', { priority: 9 }), retry('r', 3)]);
    expect([found.policy_id, found.warned_now]).toEqual(['r', ['w']]);
  });

  test('every warning of both stages fires', () => {
    const policies = [cost('a', 'warn'), cost('b', 'warn'), steps('c', 'warn')];
    expect(decide(policies).warned_now).toEqual(['a', 'b', 'c']);
    expect(decide(policies, { warned: ['b'] }).warned_now).toEqual(['a', 'c']);
  });

  test('a warning that stands first does not keep the abort from being the candidate', () => {
    const found = decide([cost('w', 'warn', { priority: 9 }), cost('a', 'abort')]);
    expect([found.action, found.policy_id]).toEqual(['abort', 'a']);
  });

  test('only the first abort of a stage acts; the stages do not know of each other', () => {
    const found = decide([cost('a', 'abort'), cost('b', 'abort'), steps('c', 'abort')]);
    expect(found.considered).toEqual(['a matched', 'b outranked', 'c matched']);
    expect(found.policy_id).toBe('a');
  });

  test('a used up retry outranks one that is not', () => {
    const found = decide([retry('a', 1), retry('b', 3)]);
    expect(found.considered).toEqual(['a exhausted', 'b outranked']);
    expect(found.action).toBe('continue');
  });

  test('fallbacks are asked when no retry stands, and only then', () => {
    const small = fallback('f', 'small');
    expect(decide([retry('r', 3), small]).considered).toEqual(['r matched']);
    expect(decide([retry('r', 1), small]).considered).toEqual(['r exhausted', 'f matched']);
    expect(decide([small]).considered).toEqual(['f matched']);
  });

  test('a fallback to the model that has failed is passed over', () => {
    const found = decide([fallback('a', 'big'), fallback('b', 'small')]);
    expect(found.considered).toEqual(['a already_on_fallback', 'b matched']);
  });

  test('a kind that is not listed is another error', () => {
    const only = { condition: { on_errors: ['rate_limit'] } };
    const found = decide([retry('r', 3, only), fallback('f', 'small', only)]);
    expect(found.considered).toEqual(['r other_error', 'f other_error']);
  });

  test('shadow says so before it is outranked, and after it is below or has warned', () => {
    const shadow = { mode: 'shadow' };
    const policies = [
      retry('a', 3),
      retry('b', 3, shadow),
      cost('c', 'warn', shadow),
      steps('d', 'abort', { ...shadow, condition: { steps_exceeded: 3 } }),
    ];
    expect(decide(policies, { warned: ['c'] }).considered).toEqual([
      'c already_warned',
      'd below_threshold',
      'a matched',
      'b shadow',
    ]);
  });
});

describe('the signals of a decision (P3, G1)', () => {
  test('broken first, limits in their order over both stages, the failed call, then who acted', () => {
    const policies = [
      cost('young', 'abort', { created_at: 2 }),
      steps('old', 'abort', { created_at: 1 }),
      steps('first', 'warn', { priority: 1 }),
      retry('r', 1),
      retry('broken', 99),
    ];
    expect(decide(policies).signals).toEqual([
      'policy/policy_error broken',
      'guardrail/step_limit first warn',
      'guardrail/step_limit old abort',
      'guardrail/cost_limit young abort',
      'control/retry_exhausted r',
      'policy/policy_triggered first warn',
      'policy/policy_triggered old abort',
      'policy/policy_triggered young abort',
    ]);
  });

  test('a retry that an abort beats raises none', () => {
    expect(decide([cost('c', 'abort'), retry('r', 3)]).signals).toEqual([
      'guardrail/cost_limit c abort',
      'policy/policy_triggered c abort',
    ]);
  });

  test('shadow raises none (P1)', () => {
    expect(decide([cost('c', 'abort', { mode: 'shadow' })]).signals).toEqual([]);
  });

  test('errors stand in the order over all stages', () => {
    const policies = [
      cost('late', 'explode'),
      fallback('early', '', { priority: 5 }),
      retry('own', 0, { agent_id: 'alpha' }),
    ];
    expect(decide(policies).errors).toEqual([
      'early action.fallback_model',
      'own action.max_retries',
      'late action.type',
    ]);
  });
});
