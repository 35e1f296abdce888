import { describe, expect, test } from 'vitest';
import fixed from '../../../vectors/policy.json' with { type: 'json' };
import random from '../../../vectors/policy-random.json' with { type: 'json' };
import { nanoUsdOf } from '../money/nano-usd.ts';
import { compilePolicies } from './compile-policies.ts';
import type { Decision, EvaluationEvent } from './decision.ts';
import { evaluate } from './evaluate.ts';
import { readPolicy } from './parse-policy.ts';

interface Vector {
  readonly name: string;
  readonly policies: readonly unknown[];
  readonly session: Readonly<Record<string, number>> & {
    readonly agent_id: string | null;
    readonly environment: string;
    readonly warned: readonly string[];
  };
  readonly event: EvaluationEvent;
  readonly expect: {
    readonly action: string;
    readonly policy_id: string | null;
    readonly warned_now: readonly string[];
    readonly signals: readonly object[];
    readonly errors: readonly object[];
    readonly considered: readonly object[];
    readonly max_delay_seconds?: number;
    readonly fallback_model?: string;
  };
}

const vectors = [...fixed.cases, ...random.cases] as unknown as readonly Vector[];

function decide({ policies, session, event }: Vector): Decision {
  const { agent_id: agentId, environment, warned } = session;
  const usd = (key: string) => nanoUsdOf(session[key] ?? 0) ?? 0n;
  const count = (key: string) => session[key] ?? 0;
  return evaluate(
    compilePolicies(policies.map(readPolicy), agentId, environment),
    {
      costNanoUsd: usd('cost'),
      steps: count('steps'),
      treeCostNanoUsd: usd('tree_cost'),
      treeSteps: count('tree_steps'),
      dayCostNanoUsd: usd('day_cost'),
      daySteps: count('day_steps'),
      orgDayCostNanoUsd: usd('org_day_cost'),
      orgDaySteps: count('org_day_steps'),
      warned: new Set(warned),
    },
    event,
  );
}

describe('the policy vectors', () => {
  test.each(vectors.map((vector) => [vector.name, vector] as const))(
    '%s (P1, P2, P3, P4)',
    (_name, vector) => {
      const decision = decide(vector);
      const { expect: expected } = vector;
      expect({
        action: decision.action,
        policy_id: decision.policy?.id ?? null,
        warned_now: decision.warnedNow,
        max_delay_seconds: decision.maxDelaySeconds,
        fallback_model: decision.fallbackModel,
      }).toEqual({
        action: expected.action,
        policy_id: expected.policy_id,
        warned_now: expected.warned_now,
        max_delay_seconds: expected.max_delay_seconds ?? null,
        fallback_model: expected.fallback_model ?? null,
      });
      expect(
        decision.signals.map(({ type, subtype, policyId, action }) => ({
          type,
          subtype,
          policy_id: policyId,
          action,
        })),
      ).toEqual(expected.signals);
      expect(decision.errors.map(({ policyId, at }) => ({ policy_id: policyId, at }))).toEqual(
        expected.errors,
      );
      expect(
        decision.considered.map(({ policy, result }) => ({ policy_id: policy.id, result })),
      ).toEqual(expected.considered);
    },
  );
});
