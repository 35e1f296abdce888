import { expect, test } from 'vitest';
import { versionFixture } from './version-fixture.ts';
import { readVersionForm, versionFormOf } from './version-form.ts';

const empty = versionFormOf(null);

test('versionFormOf() and readVersionForm() keep what a version says (A3)', () => {
  const version = versionFixture({
    model: 'big-model',
    temperature: 0,
    max_tokens: 4096,
    system_prompt: 'Be kind.\n',
    guardrails: {
      cost_limit_usd: '0.50',
      max_steps: 40,
      retry: {
        max_retries: 2,
        backoff: 'linear',
        base_seconds: 0.5,
        max_seconds: 20,
        on_errors: ['rate_limit'],
      },
      fallback: { fallback_model: 'spare', on_errors: ['timeout'] },
    },
  });
  const read = readVersionForm(versionFormOf(version), version);
  const { model, temperature, max_tokens, system_prompt, guardrails } = version;
  const content = { model, temperature, max_tokens, system_prompt, guardrails };
  expect(read).toEqual({ ok: true, content });
});

test('readVersionForm() leaves out what is not said (A3)', () => {
  expect(readVersionForm(empty)).toEqual({
    ok: true,
    content: {
      model: null,
      temperature: null,
      max_tokens: null,
      system_prompt: null,
      guardrails: {},
    },
  });
  const read = readVersionForm({ ...empty, costUsd: '$ 0.5', maxRetries: '1' });
  expect(read.ok && read.content.guardrails).toEqual({
    cost_limit_usd: '0.5',
    retry: { max_retries: 1, backoff: 'exponential' },
  });
});

test('readVersionForm() says at each field what is wrong', () => {
  const problems = (change: Partial<typeof empty>) => {
    const read = readVersionForm({ ...empty, ...change });
    return read.ok ? {} : read.problems;
  };
  expect(problems({ temperature: '3', maxTokens: '1.5' })).toEqual({
    temperature: 'A number of 0 to 2',
    maxTokens: 'A whole number of 1 to 1,000,000,000',
  });
  expect(problems({ costUsd: 'much', steps: '-1', maxRetries: '11' })).toEqual({
    costUsd: 'An amount of USD in digits, such as 0.50',
    steps: 'A whole number of 0 to 1,000,000,000',
    maxRetries: 'A whole number of 1 to 10',
  });
  expect(problems({ model: 'x'.repeat(201), prompt: 'é'.repeat(40_000) })).toEqual({
    model: 'At most 200 characters',
    prompt: 'At most 65,536 bytes; it has 80,000',
  });
  expect(problems({ baseSeconds: '-3' })).toEqual({});
  expect(problems({ maxRetries: '1', baseSeconds: '-3' })).toEqual({
    baseSeconds: 'A number of 0 to 86,400',
  });
});
