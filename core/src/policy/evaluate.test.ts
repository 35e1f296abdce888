import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideCase, inWords, stateOf } from './fixtures/decide-case.ts';
import { decideSlowly } from './fixtures/decide-slowly.ts';
import { someCase, somePolicy, type PolicyCase, type WirePolicy } from './fixtures/policy-case.ts';
import { compilePolicies } from './compile-policies.ts';
import { evaluate } from './evaluate.ts';
import { readPolicy } from './parse-policy.ts';

const none = {
  cost: 0,
  steps: 0,
  tree_cost: 0,
  tree_steps: 0,
  day_cost: 0,
  day_steps: 0,
  org_day_cost: 0,
  org_day_steps: 0,
};
const call = { type: 'llm', kind: null, attempt: null, model: null };
const failed = { type: 'error', kind: 'timeout', attempt: 1, model: 'big' };

function policy(fields: Partial<WirePolicy>): WirePolicy {
  return {
    id: 'p0',
    type: 'step_limit',
    agent_id: null,
    environment: null,
    priority: 0,
    mode: 'enforce',
    scope: 'session',
    created_at: 0,
    condition: { steps_exceeded: 3 },
    action: { type: 'abort' },
    ...fields,
  };
}

function given(policies: readonly WirePolicy[], rest: Partial<PolicyCase> = {}): PolicyCase {
  return { policies, totals: none, warned: [], event: call, ...rest };
}

describe('evaluate() against a slow obvious reference', () => {
  test('says the same in every case (P1, P2, P3, P4)', () => {
    fc.assert(
      fc.property(someCase, (one) => {
        expect(inWords(decideCase(one))).toEqual(decideSlowly(one));
      }),
      { numRuns: 2000 },
    );
  });

  test('does not mind the order of the policies in the list (P3)', () => {
    const shuffled = someCase.chain((one) =>
      fc
        .shuffledSubarray([...one.policies], { minLength: one.policies.length })
        .map((policies) => [one, { ...one, policies }] as const),
    );
    fc.assert(
      fc.property(shuffled, ([one, other]) => {
        expect(inWords(decideCase(other))).toEqual(inWords(decideCase(one)));
      }),
    );
  });

  test('never weakens an abort by one more policy (P3)', () => {
    fc.assert(
      fc.property(someCase, somePolicy, (one, more) => {
        fc.pre(decideCase(one).action === 'abort');
        const policies = [...one.policies, { id: 'more', ...more }];
        expect(decideCase({ ...one, policies }).action).toBe('abort');
      }),
    );
  });

  test('never lets a broken policy vanish (P3)', () => {
    const broken = somePolicy.map((one) => ({
      ...one,
      id: 'broken',
      agent_id: null,
      environment: null,
      mode: 'enforce',
      condition: { unheard_of: 1 },
    }));
    fc.assert(
      fc.property(someCase, broken, (one, broken) => {
        const { errors, signals, considered } = decideCase({
          ...one,
          policies: [...one.policies, broken],
        });
        expect(errors.filter(({ policyId }) => policyId === 'broken')).toHaveLength(1);
        const subtypes = signals.filter(({ policyId }) => policyId === 'broken');
        expect(subtypes.map(({ subtype }) => subtype)).toEqual(['policy_error']);
        expect(considered.some(({ policy }) => policy.id === 'broken')).toBe(false);
      }),
    );
  });

  test('warns once: never again for a policy that has warned (P2)', () => {
    fc.assert(
      fc.property(someCase, (one) => {
        const first = decideCase(one).warnedNow;
        const again = decideCase({ ...one, warned: [...one.warned, ...first] });
        expect(again.warnedNow).toEqual([]);
        expect(first.filter((id) => one.warned.includes(id))).toEqual([]);
      }),
    );
  });
});

describe('evaluate()', () => {
  test.each([1, 2, 40])('begins %i calls under a limit of as many (E3, P2)', (limit) => {
    const policies = [policy({ condition: { steps_exceeded: limit } })];
    let begun = 0;
    while (decideCase(given(policies, { totals: { ...none, steps: begun } })).action !== 'abort') {
      begun += 1;
    }
    expect(begun).toBe(limit);
  });

  test('a cost fires above its value, not at it, to the last nano-USD (P2)', () => {
    const compiled = compilePolicies(
      [readPolicy(policy({ type: 'cost_limit', condition: { cost_exceeded: '0.1' } }))],
      'alpha',
      'production',
    );
    const actionAt = (costNanoUsd: bigint) =>
      evaluate(compiled, { ...stateOf(none, []), costNanoUsd }, call).action;
    expect(actionAt(100_000_000n)).toBe('continue');
    expect(actionAt(100_000_001n)).toBe('abort');
  });

  test('a threshold between two nano-USD fires at the upper one (P2)', () => {
    const half = policy({ type: 'cost_limit', condition: { cost_exceeded: 1.5e-9 } });
    const compiled = compilePolicies([readPolicy(half)], null, 'production');
    const actionAt = (costNanoUsd: bigint) =>
      evaluate(compiled, { ...stateOf(none, []), costNanoUsd }, call).action;
    expect([actionAt(1n), actionAt(2n)]).toEqual(['continue', 'abort']);
  });

  test.each([
    ['session', null, { steps: 3 }],
    ['tree', null, { tree_steps: 3 }],
    ['day', 'alpha', { day_steps: 3 }],
    ['day', null, { org_day_steps: 3 }],
  ])('scope %s of %s looks at its own total (P1)', (scope, agentId, own) => {
    const policies = [policy({ scope, agent_id: agentId })];
    const others = { ...none, steps: 2, tree_steps: 2, day_steps: 2, org_day_steps: 2 };
    expect(decideCase(given(policies, { totals: others })).action).toBe('continue');
    expect(decideCase(given(policies, { totals: { ...others, ...own } })).action).toBe('abort');
  });

  test('a used up retry tells of it and leaves the call to the fallback (P4)', () => {
    const retry = policy({
      type: 'retry',
      condition: {},
      action: { max_retries: 2, backoff: 'linear', base_seconds: 2, max_seconds: 3 },
    });
    const fallback = policy({
      id: 'p1',
      type: 'fallback',
      condition: {},
      action: { fallback_model: 'small' },
    });
    const at = (attempt: number) =>
      decideCase(given([retry, fallback], { event: { ...failed, attempt } }));
    expect([at(1).action, at(1).maxDelaySeconds]).toEqual(['retry', 2]);
    expect([at(2).action, at(2).maxDelaySeconds]).toEqual(['retry', 3]);
    const third = at(3);
    expect([third.action, third.fallbackModel, third.maxDelaySeconds]).toEqual([
      'fallback',
      'small',
      null,
    ]);
    expect(third.signals.map(({ subtype }) => subtype)).toEqual([
      'retry_exhausted',
      'fallback',
      'policy_triggered',
    ]);
  });

  test('an error that is no failed call is not repeated', () => {
    const retry = policy({ type: 'retry', condition: {}, action: { max_retries: 2 } });
    const event = { ...failed, attempt: null };
    expect(decideCase(given([retry], { event })).considered).toEqual([]);
  });

  test('a cost limit is blind where calls without a price are in the totals (P2)', () => {
    const cost = readPolicy(policy({ type: 'cost_limit', condition: { cost_exceeded: 1 } }));
    const steps = readPolicy(policy({}));
    const state = { ...stateOf(none, []), hasUnpriced: true };
    const isBlind = (one: typeof cost) =>
      evaluate(compilePolicies([one], null, 'production'), state, call).isBlind;
    expect([isBlind(cost), isBlind(steps)]).toEqual([true, false]);
  });

  test('no policy, no word', () => {
    expect(decideCase(given([], { event: failed }))).toEqual({
      action: 'continue',
      policy: null,
      warnedNow: [],
      signals: [],
      errors: [],
      considered: [],
      maxDelaySeconds: null,
      fallbackModel: null,
      isBlind: false,
    });
  });
});
