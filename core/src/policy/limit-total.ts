import type { EvaluationState } from './decision.ts';
import type { PolicyHead } from './policy.ts';

/** The cost, in nano-USD, that a policy of this scope looks at (P1). */
export function costOf(state: EvaluationState, { scope, agentId }: PolicyHead): bigint {
  switch (scope) {
    case 'session':
      return state.costNanoUsd;
    case 'tree':
      return state.treeCostNanoUsd;
    case 'day':
      return agentId === null ? state.orgDayCostNanoUsd : state.dayCostNanoUsd;
  }
}

/** The steps that a policy of this scope looks at (P1). */
export function stepsOf(state: EvaluationState, { scope, agentId }: PolicyHead): number {
  switch (scope) {
    case 'session':
      return state.steps;
    case 'tree':
      return state.treeSteps;
    case 'day':
      return agentId === null ? state.orgDaySteps : state.daySteps;
  }
}
