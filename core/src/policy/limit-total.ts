import type { EvaluationTotals } from './decision.ts';
import type { PolicyHead } from './policy.ts';

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
