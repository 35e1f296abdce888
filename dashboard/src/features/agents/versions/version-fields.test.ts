import { expect, test } from 'vitest';
import { changedFields, versionFields } from './version-fields.ts';
import { versionFixture as version } from './version-fixture.ts';

test('versionFields() sets the fields of two versions side by side (A3)', () => {
  const before = version({ model: 'big-model', guardrails: { cost_limit_usd: 0.5 } });
  const after = version({
    model: 'small-model',
    temperature: 0,
    guardrails: { cost_limit_usd: '0.50', max_steps: 40, fallback: { fallback_model: 'spare' } },
  });
  expect(versionFields(before, after)).toEqual([
    { field: 'Model', before: 'big-model', after: 'small-model', changed: true },
    { field: 'Temperature', before: null, after: '0', changed: true },
    { field: 'Cost limit', before: 'above $0.50', after: 'above $0.50', changed: false },
    { field: 'Step limit', before: null, after: 'at 40 steps', changed: true },
    { field: 'Fallback', before: null, after: 'spare', changed: true },
  ]);
});

test('versionFields() tells retries in words, defaults too', () => {
  const plain = version({ guardrails: { retry: { max_retries: 3 } } });
  const told = version({
    guardrails: {
      retry: { max_retries: 2, backoff: 'linear', base_seconds: 0.5, max_seconds: 20 },
    },
  });
  expect(versionFields(plain, told).map(({ before, after }) => [before, after])).toEqual([
    ['up to 3 ×, exponential from 1 s', 'up to 2 ×, linear from 0.5 s to 20 s'],
  ]);
});

test('changedFields() names what differs, the prompt last (A3)', () => {
  const before = version({ model: 'm', system_prompt: 'Be kind.' });
  expect(changedFields(before, before)).toEqual([]);
  const after = version({ model: 'm', max_tokens: 4096, system_prompt: 'Be brief.' });
  expect(changedFields(before, after)).toEqual(['Max tokens', 'Prompt']);
  expect(changedFields(version({ system_prompt: null }), version({ system_prompt: '' }))).toEqual(
    [],
  );
});
