import { describe, expect, test } from 'vitest';
import type { EvaluationState } from './decision.ts';
import { costOf, stepsOf } from './limit-total.ts';
import { readPolicy } from './parse-policy.ts';

const state: EvaluationState = {
  costNanoUsd: 1n,
  steps: 2,
  treeCostNanoUsd: 3n,
  treeSteps: 4,
  dayCostNanoUsd: 5n,
  daySteps: 6,
  orgDayCostNanoUsd: 7n,
  orgDaySteps: 8,
  warned: new Set(),
};

describe('the total a limit looks at (P1)', () => {
  test.each([
    ['session', null, 1n, 2],
    ['session', 'alpha', 1n, 2],
    ['tree', null, 3n, 4],
    ['tree', 'alpha', 3n, 4],
    ['day', 'alpha', 5n, 6],
    ['day', null, 7n, 8],
  ] as const)('costOf() and stepsOf() of scope %s for %s', (scope, agentId, cost, steps) => {
    const head = readPolicy({
      id: 'p',
      type: 'step_limit',
      scope,
      agent_id: agentId,
      condition: { steps_exceeded: 1 },
      action: { type: 'warn' },
    });
    expect(costOf(state, head)).toBe(cost);
    expect(stepsOf(state, head)).toBe(steps);
  });
});
