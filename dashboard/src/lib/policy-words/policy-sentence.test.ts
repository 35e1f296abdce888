import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import type { Policy } from '@niitaka/protocol/policy.ts';
import { describe, expect, test } from 'vitest';
import { policyFixture } from './policy-fixture.ts';
import { plainText } from './phrase.ts';
import { policySentence } from './policy-sentence.ts';

type More = Partial<Policy>;
const sentence = (more: More) => plainText(policySentence(readPolicy(policyFixture(more))));
const router = { agent_id: 'support-router' };
const warn = { action: { type: 'warn' } };
const cost = (usd: number | string): More => ({
  type: 'cost_limit',
  condition: { cost_exceeded: usd },
});
const retry = (action: More['action'], kinds?: string[]): More => ({
  type: 'retry',
  condition: kinds === undefined ? {} : { on_errors: kinds },
  action: { max_retries: 3, ...action },
});

describe('policySentence() of a step limit stops before the step after the limit (P2)', () => {
  test.each<[string, More]>([
    ['Stops a session of support-router before its 41st step', router],
    ['Stops any session before its 41st step', {}],
    ['Stops any session in staging before its 41st step', { environment: 'staging' }],
    ['Stops any session before its 1st step', { condition: { steps_exceeded: 0 } }],
    ['Stops any session before the 41st step of its tree', { scope: 'tree' }],
    [
      'Stops a session of support-router before the 41st step of support-router in a day',
      { ...router, scope: 'day' },
    ],
    ['Stops any session before the 41st step of the organisation in a day', { scope: 'day' }],
    ['Warns when any session has made 40 steps', warn],
    ['Warns when any session has made 1 step', { ...warn, condition: { steps_exceeded: 1 } }],
    ['Warns when the tree of any session has made 40 steps', { ...warn, scope: 'tree' }],
    [
      'Warns when support-router in staging has made 40 steps in a day',
      { ...router, ...warn, environment: 'staging', scope: 'day' },
    ],
  ])('%s', (words, more) => expect(sentence(more)).toBe(words));
});

describe('policySentence() of a cost limit says "more than", to the last digit (P2)', () => {
  test.each<[string, More]>([
    ['Warns when any session costs more than $0.50', { ...cost(0.5), ...warn }],
    ['Warns when any session costs more than $12.345', { ...cost('12.345'), ...warn }],
    [
      'Warns when the tree of any session costs more than $1.00',
      { ...cost(1), ...warn, scope: 'tree' },
    ],
    [
      'Warns when the organisation has spent more than $1,000.00 in a day',
      { ...cost(1000), ...warn, scope: 'day' },
    ],
    [
      'Stops a session of support-router before its next call once it has cost more than $0.50',
      { ...cost(0.5), ...router },
    ],
    [
      'Stops any session before its next call once its tree has cost more than $0.50',
      { ...cost(0.5), scope: 'tree' },
    ],
    [
      'Stops any session before its next call once the organisation has spent more than $0.50 in a day',
      { ...cost(0.5), scope: 'day' },
    ],
  ])('%s', (words, more) => expect(sentence(more)).toBe(words));
});

describe('policySentence() of a retry tells its longest waits (P4)', () => {
  test.each<[string, More]>([
    [
      'Repeats any call that failed with rate_limit up to 3 times, waiting at most 1, 2 and 4 s',
      retry({}, ['rate_limit']),
    ],
    [
      'Repeats any call that failed with rate_limit, timeout or overloaded up to 3 times, waiting at most 2, 4 and 6 s',
      retry({ backoff: 'linear', base_seconds: 2 }, ['rate_limit', 'timeout', 'overloaded']),
    ],
    [
      'Repeats any call that failed up to 3 times, waiting at most 0.5 s',
      retry({ backoff: 'constant', base_seconds: 0.5 }),
    ],
    ['Repeats any call that failed once, waiting at most 1 s', retry({ max_retries: 1 })],
    ['Repeats any call that failed up to 3 times, without waiting', retry({ base_seconds: 0 })],
    [
      'Repeats any call that failed up to 10 times, waiting at most 1, 2, 4 … 60 s',
      retry({ max_retries: 10 }),
    ],
    [
      'Repeats any call that failed up to 3 times, waiting at most 1, 2 and 3 s',
      retry({ max_seconds: 3 }),
    ],
    [
      'Repeats a call of support-router in staging that failed up to 3 times, waiting at most 1, 2 and 4 s',
      { ...retry({}), ...router, environment: 'staging' },
    ],
  ])('%s', (words, more) => expect(sentence(more)).toBe(words));
});

test('policySentence() of a fallback names the model and how long it holds (P4)', () => {
  const more: More = { type: 'fallback', condition: {}, action: { fallback_model: 'small-model' } };
  expect(sentence(more)).toBe(
    'Goes on with small-model after any call that failed, until the session ends',
  );
  expect(sentence({ ...more, ...router, condition: { on_errors: ['overloaded'] } })).toBe(
    'Goes on with small-model after a call of support-router that failed with overloaded, until the session ends',
  );
});

test('policySentence() marks names and numbers', () => {
  expect(policySentence(readPolicy(policyFixture(router)))).toEqual([
    'Stops ',
    'a session of ',
    { strong: 'support-router' },
    ' before its ',
    { strong: '41st step' },
  ]);
});

test('policySentence() of a policy that cannot be evaluated says where and why (P3)', () => {
  expect(sentence({ condition: { steps_exceeded: -1 } })).toBe(
    'Cannot be evaluated: condition.steps_exceeded must be a whole number >= 0: got -1',
  );
});
