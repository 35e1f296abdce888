import { usdNumber } from '../money/nano-usd.ts';
import type { EvaluationTotals } from './decision.ts';
import type { BrokenPolicy, CostLimit, Policy, PolicyHead, StepLimit } from './policy.ts';

/** Whether the totals have passed a limit: a cost goes beyond its threshold, steps reach theirs (P2). */
export function isPassed(policy: CostLimit | StepLimit, totals: EvaluationTotals): boolean {
  return policy.type === 'cost_limit'
    ? costOf(totals, policy) > policy.costExceededNanoUsd
    : stepsOf(totals, policy) >= policy.stepsExceeded;
}

/** What a limit is held at and what it found, in USD or steps; null for a policy that is no limit. */
export function limitNumbers(
  policy: Policy | BrokenPolicy,
  totals: EvaluationTotals,
): { readonly threshold: number; readonly found: number } | null {
  switch (policy.type) {
    case 'cost_limit': {
      const found = usdNumber(costOf(totals, policy));
      return { threshold: Number(policy.costExceededUsd), found };
    }
    case 'step_limit':
      return { threshold: policy.stepsExceeded, found: stepsOf(totals, policy) };
    default:
      return null;
  }
}

/** The cost, in nano-USD, that a policy of this scope looks at (P1). */
export function costOf(totals: EvaluationTotals, { scope, agentId }: PolicyHead): bigint {
  switch (scope) {
    case 'session':
      return totals.costNanoUsd;
    case 'tree':
      return totals.treeCostNanoUsd;
    case 'day':
      return agentId === null ? totals.orgDayCostNanoUsd : totals.dayCostNanoUsd;
  }
}

/** The steps that a policy of this scope looks at (P1). */
export function stepsOf(totals: EvaluationTotals, { scope, agentId }: PolicyHead): number {
  switch (scope) {
    case 'session':
      return totals.steps;
    case 'tree':
      return totals.treeSteps;
    case 'day':
      return agentId === null ? totals.orgDaySteps : totals.daySteps;
  }
}
