import { describe, expect, test } from 'vitest';
import type { EvaluationEvent } from './decision.ts';
import { describeDecision } from './describe-decision.ts';
import { stateOf } from './fixtures/decide-case.ts';
import { readPolicy } from './parse-policy.ts';

const state = stateOf(
  {
    cost: 512,
    steps: 40,
    tree_cost: 900,
    tree_steps: 71,
    day_cost: 1500,
    day_steps: 90,
    org_day_cost: 2500,
    org_day_steps: 130,
  },
  [],
);
const guard = { id: 'p1', name: 'loop guard', revision: 3, type: 'step_limit' };
const steps = { ...guard, condition: { steps_exceeded: 40 }, action: { type: 'abort' } };
const cost = { ...steps, type: 'cost_limit', condition: { cost_exceeded: '0.50' } };
const retry = { ...guard, type: 'retry', condition: {}, action: { max_retries: 2 } };
const fallback = { ...guard, type: 'fallback', action: { fallback_model: 'small' } };
const failed: EvaluationEvent = { type: 'error', kind: 'rate_limit', attempt: 2, model: 'big' };

describe('describeDecision()', () => {
  test.each([
    [steps, 'aborted before call 41: steps 40 ≥ 40, policy loop guard rev 3'],
    [
      { ...steps, scope: 'tree' },
      'aborted before call 41: tree steps 71 ≥ 40, policy loop guard rev 3',
    ],
    [
      { ...cost, action: { type: 'warn' } },
      'warned at step 40: cost $0.512 > $0.5, policy loop guard rev 3',
    ],
    [
      { ...cost, scope: 'day', agent_id: 'alpha' },
      "aborted before call 41: the day's cost $1.5 > $0.5, policy loop guard rev 3",
    ],
    [
      { ...cost, mode: 'shadow' },
      'would have aborted before call 41: cost $0.512 > $0.5, policy loop guard rev 3',
    ],
    [retry, 'retried: rate limit in attempt 2, retries 2, policy loop guard rev 3'],
    [
      { ...retry, action: { max_retries: 1 } },
      'gave up retrying: rate limit in attempt 2, retries 1, policy loop guard rev 3',
    ],
    [fallback, 'fell back to small: rate limit from big, policy loop guard rev 3'],
    [
      { ...steps, name: undefined, action: {} },
      'could not be evaluated: action.type must be "warn" or "abort": got nothing, policy p1 rev 3',
    ],
  ])('says what was done, by which numbers, and by whom (P6, P7): %j', (policy, expected) => {
    expect(describeDecision(readPolicy(policy), state, failed)).toBe(expected);
  });

  test('says that a cost is blind (P2)', () => {
    expect(describeDecision(readPolicy(cost), { ...state, hasUnpriced: true }, failed)).toBe(
      'aborted before call 41: cost $0.512 > $0.5 (calls without a price not counted), policy loop guard rev 3',
    );
  });
});
