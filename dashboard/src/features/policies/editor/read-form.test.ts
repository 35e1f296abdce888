import { CreatePolicy } from '@niitaka/protocol/policy.ts';
import { describe, expect, test } from 'vitest';
import { policyFixture } from '../../../lib/policy-words/policy-fixture.ts';
import { emptyForm, formOf, loopGuard, type PolicyForm } from './policy-form.ts';
import { readForm } from './read-form.ts';

function bodyOf(more: Partial<PolicyForm>): CreatePolicy {
  const read = readForm({ ...emptyForm, ...more });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.body;
}

function problemsOf(more: Partial<PolicyForm>) {
  const read = readForm({ ...emptyForm, ...more });
  return read.ok ? {} : read.problems;
}

const common = {
  agent_id: null,
  environment: null,
  priority: 0,
  mode: 'enforce',
  scope: 'session',
};

describe('readForm() makes what the API takes (P1)', () => {
  test.each<[string, Partial<PolicyForm>, object]>([
    [
      'the loop guard',
      loopGuard,
      {
        ...common,
        name: 'loop guard',
        type: 'step_limit',
        condition: { steps_exceeded: 40 },
        action: { type: 'abort' },
      },
    ],
    [
      'a cost limit, to the digit that was typed',
      { type: 'cost_limit', costUsd: ' $0.10 ', limitAction: 'warn', scope: 'day', mode: 'shadow' },
      {
        ...common,
        scope: 'day',
        mode: 'shadow',
        name: 'cost limit',
        type: 'cost_limit',
        condition: { cost_exceeded: '0.10' },
        action: { type: 'warn' },
      },
    ],
    [
      'a retry for some errors',
      {
        type: 'retry',
        agent: ' mail-sorter ',
        environment: 'staging',
        priority: '-5',
        onErrors: ['rate_limit', 'timeout'],
        backoff: 'linear',
        baseSeconds: '0.5',
        maxSeconds: '',
      },
      {
        ...common,
        agent_id: 'mail-sorter',
        environment: 'staging',
        priority: -5,
        name: 'retry',
        type: 'retry',
        condition: { on_errors: ['rate_limit', 'timeout'] },
        action: { max_retries: 3, backoff: 'linear', base_seconds: 0.5, max_seconds: null },
      },
    ],
    [
      'a fallback, whose scope does not matter',
      { type: 'fallback', model: ' small-model ', scope: 'tree' },
      {
        ...common,
        name: 'fallback',
        type: 'fallback',
        condition: { on_errors: null },
        action: { fallback_model: 'small-model' },
      },
    ],
  ])('%s', (_name, form, body) => {
    expect(bodyOf(form)).toEqual(body);
    expect(CreatePolicy.safeParse(body).success).toBe(true);
  });
});

test('readForm() wants whole steps of 0 or more (P2)', () => {
  const steps = 'A whole number of 0 to 1,000,000,000';
  for (const text of ['', 'many', '-1', '1.5', '1e3', '1000000001']) {
    expect(problemsOf({ steps: text })).toEqual({ steps });
  }
  expect(problemsOf({ steps: '0' })).toEqual({});
});

test('readForm() wants an amount in digits (P2)', () => {
  const costUsd = (text: string) => problemsOf({ type: 'cost_limit', costUsd: text }).costUsd;
  expect(costUsd('')).toBe('How many USD? For example 0.50');
  expect(costUsd('$')).toBe('How many USD? For example 0.50');
  expect(costUsd('0,50')).toBe('An amount of USD in digits, such as 0.50');
  expect(costUsd('-1')).toBe('An amount of USD in digits, such as 0.50');
  expect(costUsd('0.1234567891')).toBe('At most 9 digits before the point, and 9 after it');
  expect(costUsd('999999999.999999999')).toBe(undefined);
});

test('readForm() names every field of a retry that does not fit (P4)', () => {
  const form = { maxRetries: '11', baseSeconds: 'x', maxSeconds: '86401', priority: '1.5' };
  expect(problemsOf({ type: 'retry', ...form })).toEqual({
    priority: 'A whole number of −1,000,000 to 1,000,000',
    maxRetries: 'A whole number of 1 to 10',
    baseSeconds: 'A number of seconds of 0 to 86,400',
    maxSeconds: 'A number of seconds of 0 to 86,400',
  });
});

test('readForm() asks for the model of a fallback, and for short names (P1)', () => {
  expect(problemsOf({ type: 'fallback' })).toEqual({ model: 'Name the model to go on with' });
  const long = 'x'.repeat(201);
  expect(problemsOf({ type: 'fallback', model: long, name: long, agent: 'y'.repeat(129) })).toEqual(
    {
      model: 'At most 200 characters',
      name: 'At most 200 characters',
      agent: 'At most 128 characters',
    },
  );
});

describe('formOf() shows what is stored, so that saving it unchanged changes nothing (P1)', () => {
  const retry = { max_retries: 2, backoff: 'constant', base_seconds: 0.25, max_seconds: 9 };
  test.each([
    policyFixture({ environment: 'staging', priority: 7, mode: 'off', scope: 'tree' }),
    policyFixture({ type: 'cost_limit', condition: { cost_exceeded: '0.5' }, agent_id: 'a' }),
    policyFixture({ type: 'retry', condition: { on_errors: ['timeout'] }, action: retry }),
    policyFixture({
      type: 'fallback',
      condition: { on_errors: null },
      action: { fallback_model: 'm' },
    }),
  ])('$type', (policy) => {
    const { id: _id, revision: _revision, created_at: _at, ...content } = policy;
    expect(bodyOf(formOf(policy))).toEqual(content);
  });

  test('of one that cannot be evaluated only the common fields', () => {
    const broken = policyFixture({ condition: {}, priority: 3 });
    expect(formOf(broken)).toEqual({ ...emptyForm, name: 'loop guard', priority: '3' });
  });
});
