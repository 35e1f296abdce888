import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePolicies } from '../policy/compile-policies.ts';
import { evaluate } from '../policy/evaluate.ts';
import type { EvaluationState } from '../policy/decision.ts';
import { readPolicy } from '../policy/parse-policy.ts';
import { guardrailPolicies } from './guardrail-policies.ts';
import type { Guardrails, RunningVersion } from './agent-version.ts';

function versionOf(guardrails: Guardrails): RunningVersion {
  const content = { model: null, temperature: null, maxTokens: null, systemPrompt: null };
  return { agentId: 'alpha', number: 3, createdAtMs: 5, content: { ...content, guardrails } };
}

const nothingSpent: EvaluationState = {
  costNanoUsd: 0n,
  steps: 0,
  treeCostNanoUsd: 0n,
  treeSteps: 0,
  dayCostNanoUsd: 0n,
  daySteps: 0,
  orgDayCostNanoUsd: 0n,
  orgDaySteps: 0,
  warned: new Set(),
};
const head = {
  revision: 1,
  agent_id: 'alpha',
  environment: null,
  priority: 0,
  scope: 'session',
  mode: 'enforce',
  created_at: 5,
};

describe('guardrailPolicies()', () => {
  test('makes each guardrail a policy of its agent (A4, P7)', () => {
    const guardrails: Guardrails = {
      cost_limit_usd: 0.5,
      max_steps: 40,
      retry: { on_errors: ['rate_limit'], max_retries: 3, backoff: 'linear' },
      fallback: { fallback_model: 'small' },
    };
    expect(guardrailPolicies(versionOf(guardrails))).toEqual([
      {
        ...head,
        id: 'version:alpha:3:cost_limit',
        name: 'version 3 cost limit',
        type: 'cost_limit',
        condition: { cost_exceeded: 0.5 },
        action: { type: 'abort' },
      },
      {
        ...head,
        id: 'version:alpha:3:step_limit',
        name: 'version 3 step limit',
        type: 'step_limit',
        condition: { steps_exceeded: 40 },
        action: { type: 'abort' },
      },
      {
        ...head,
        id: 'version:alpha:3:retry',
        name: 'version 3 retry',
        type: 'retry',
        condition: { on_errors: ['rate_limit'] },
        action: { max_retries: 3, backoff: 'linear' },
      },
      {
        ...head,
        id: 'version:alpha:3:fallback',
        name: 'version 3 fallback',
        type: 'fallback',
        condition: {},
        action: { fallback_model: 'small' },
      },
    ]);
  });

  test('leaves out what is not set, and keeps what is 0', () => {
    expect(guardrailPolicies(versionOf({}))).toEqual([]);
    const nothing = { cost_limit_usd: null, max_steps: null, retry: null, fallback: null };
    expect(guardrailPolicies(versionOf(nothing))).toEqual([]);
    const zero = guardrailPolicies(versionOf({ cost_limit_usd: 0, max_steps: 0 }));
    expect(zero.map(({ condition }) => condition)).toEqual([
      { cost_exceeded: 0 },
      { steps_exceeded: 0 },
    ]);
  });

  test("never lifts the organisation's limit: the lower of both stops the run (A4, P3)", () => {
    const limit = (steps: number) => ({
      id: 'organisation',
      type: 'step_limit',
      condition: { steps_exceeded: steps },
      action: { type: 'abort' },
    });
    const stoppedBy = (organisation: number, version: number, steps: number) => {
      const own = guardrailPolicies(versionOf({ max_steps: version }));
      const all = [limit(organisation), ...own].map((policy) => readPolicy(policy));
      const state = { ...nothingSpent, steps };
      const decision = evaluate(compilePolicies(all, 'alpha', 'production'), state, {
        type: 'llm',
      });
      return decision.action === 'abort' ? decision.policy?.id : null;
    };
    expect(stoppedBy(10, 40, 10)).toBe('organisation');
    expect(stoppedBy(40, 10, 10)).toBe('version:alpha:3:step_limit');
    expect(stoppedBy(40, 10, 9)).toBe(null);
  });

  test('are sound, of their own agent and in force, whatever a version holds (A4, P1)', () => {
    const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
    const on = maybe(fc.subarray(['rate_limit', 'timeout'], { minLength: 1 }));
    const guardrails = fc.record({
      cost_limit_usd: maybe(fc.constantFrom(0, 0.000000001, '0.10', 25)),
      max_steps: maybe(fc.nat(1_000)),
      retry: maybe(fc.record({ on_errors: on, max_retries: fc.integer({ min: 1, max: 10 }) })),
      fallback: maybe(fc.record({ on_errors: on, fallback_model: fc.constant('small') })),
    });
    fc.assert(
      fc.property(guardrails, (some) => {
        const policies = guardrailPolicies(versionOf(some)).map((policy) => readPolicy(policy));
        const given = Object.values(some).filter((value) => value !== undefined);
        expect(policies).toHaveLength(given.length);
        expect(new Set(policies.map(({ id }) => id)).size).toBe(given.length);
        for (const policy of policies) {
          expect(policy).toMatchObject({ agentId: 'alpha', environment: null, mode: 'enforce' });
          expect(policy.type).not.toBe('broken');
        }
        const mine = compilePolicies(policies, 'alpha', 'staging');
        const others = compilePolicies(policies, 'beta', 'staging');
        const count = ({ costLimits, stepLimits, retries, fallbacks }: typeof mine) =>
          [costLimits, stepLimits, retries, fallbacks].map(({ length }) => length);
        const keys = ['cost_limit_usd', 'max_steps', 'retry', 'fallback'] as const;
        expect(count(mine)).toEqual(keys.map((key) => (some[key] === undefined ? 0 : 1)));
        expect(count(others)).toEqual([0, 0, 0, 0]);
      }),
    );
  });
});
