import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import { expect, test } from 'vitest';
import { policyFixture } from './policy-fixture.ts';
import { thresholdText } from './threshold-text.ts';

const threshold = (more: object) => thresholdText(readPolicy(policyFixture(more)));
const retry = (condition: object) =>
  threshold({ type: 'retry', condition, action: { max_retries: 3 } });

test('thresholdText() is "more than" for cost and "at least" for steps (P2)', () => {
  expect(threshold({})).toBe('steps ≥ 40');
  expect(threshold({ condition: { steps_exceeded: 12_000 } })).toBe('steps ≥ 12,000');
  const condition = { cost_exceeded: '0.0042' };
  expect(threshold({ type: 'cost_limit', condition })).toBe('cost > $0.0042');
});

test('thresholdText() names the errors a retry is for (P1)', () => {
  expect(retry({})).toBe('any error');
  expect(retry({ on_errors: ['timeout', 'overloaded'] })).toBe('timeout, overloaded');
  expect(threshold({ action: {} })).toBe('cannot be evaluated');
});
