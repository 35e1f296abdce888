import { expect, test } from 'vitest';
import { policyFixture } from '../../../lib/policy-words/policy-fixture.ts';
import { policyChanges } from './policy-changes.ts';

const limit = policyFixture();

test('policyChanges() tells each field from old to new (P1)', () => {
  const after = policyFixture({
    name: 'brake',
    agent_id: 'mail-sorter',
    environment: 'staging',
    priority: 5,
    mode: 'shadow',
    scope: 'tree',
    condition: { steps_exceeded: 50 },
    action: { type: 'warn' },
  });
  expect(policyChanges(limit, after)).toEqual([
    { field: 'Name', before: 'loop guard', after: 'brake' },
    { field: 'Agent', before: 'every agent', after: 'mail-sorter' },
    { field: 'Environment', before: 'every environment', after: 'staging' },
    { field: 'Priority', before: '0', after: '5' },
    { field: 'Mode', before: 'enforce', after: 'shadow' },
    { field: 'Counts', before: 'session', after: 'tree' },
    { field: 'Action', before: 'abort', after: 'warn' },
    { field: 'Steps', before: 'at least 40', after: 'at least 50' },
  ]);
});

test('policyChanges() finds nothing where only the spelling differs (P1)', () => {
  expect(policyChanges(limit, { ...limit, revision: 2 })).toEqual([]);
  const retry = policyFixture({ type: 'retry', condition: {}, action: { max_retries: 3 } });
  const action = { max_retries: 3, backoff: 'exponential', base_seconds: 1, max_seconds: 60 };
  expect(policyChanges(retry, { ...retry, condition: { on_errors: null }, action })).toEqual([]);
  const cost = policyFixture({ type: 'cost_limit', condition: { cost_exceeded: 0.5 } });
  expect(policyChanges(cost, { ...cost, condition: { cost_exceeded: '0.50' } })).toEqual([]);
});

test('policyChanges() speaks of waits, errors and models (P4)', () => {
  const retry = policyFixture({ type: 'retry', condition: {}, action: { max_retries: 3 } });
  const after = {
    ...retry,
    condition: { on_errors: ['timeout', 'overloaded'] },
    action: { max_retries: 2, backoff: 'constant', base_seconds: 2, max_seconds: 5 },
  };
  expect(policyChanges(retry, after)).toEqual([
    { field: 'Errors', before: 'any', after: 'timeout, overloaded' },
    { field: 'Retries', before: '3', after: '2' },
    { field: 'Back-off', before: 'exponential', after: 'constant' },
    { field: 'First wait', before: '1 s', after: '2 s' },
    { field: 'Longest wait', before: '60 s', after: '5 s' },
  ]);
  const fallback = policyFixture({
    type: 'fallback',
    condition: {},
    action: { fallback_model: 'small' },
  });
  expect(policyChanges(fallback, { ...fallback, action: { fallback_model: 'tiny' } })).toEqual([
    { field: 'Model', before: 'small', after: 'tiny' },
  ]);
});

test('policyChanges() shows what cannot be evaluated as it is stored (P3)', () => {
  expect(policyChanges(limit, { ...limit, condition: {} })).toEqual([
    { field: 'Counts', before: 'session', after: '–' },
    { field: 'Action', before: 'abort', after: '{"type":"abort"}' },
    { field: 'Steps', before: 'at least 40', after: '–' },
    { field: 'Condition', before: '–', after: '{}' },
  ]);
});
