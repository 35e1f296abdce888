import { expect, test } from 'vitest';
import { ApiError } from '../../../lib/api/api-error.ts';
import { versionRefusal } from './version-problems.ts';

function refusal(...errors: { path: string; message: string }[]) {
  const problem = { status: 422, code: 'invalid', detail: 'The body is not valid.' } as const;
  return new ApiError({ ...problem, retryable: false, errors: errors as never });
}

test('versionRefusal() places what the server says at its fields', () => {
  const { fields, rest } = versionRefusal(
    refusal(
      { path: 'guardrails.retry.max_retries', message: 'at most 10' },
      { path: 'guardrails.retry', message: 'second' },
      { path: 'system_prompt', message: 'too long' },
    ),
  );
  expect(fields).toEqual({ maxRetries: 'at most 10', prompt: 'too long' });
  expect(rest).toBeNull();
});

test('versionRefusal() tells as a whole what belongs to no field', () => {
  expect(versionRefusal(refusal({ path: 'colour', message: 'unknown' })).rest).toBe(
    'The body is not valid.',
  );
  expect(versionRefusal(new Error('gone')).rest).toBe('Error: gone');
  expect(versionRefusal(null)).toEqual({ fields: {}, rest: null });
});
