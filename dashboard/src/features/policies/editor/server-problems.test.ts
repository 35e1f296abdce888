import { expect, test } from 'vitest';
import { ApiError } from '../../../lib/api/api-error.ts';
import { serverProblems } from './server-problems.ts';

function refusal(...errors: [path: string, message: string][]): ApiError {
  return new ApiError({
    status: 422,
    code: 'invalid',
    detail: 'The body is not valid',
    retryable: false,
    errors: errors.map(([path, message]) => ({ path, message, code: 'invalid' })),
  });
}

test('serverProblems() puts each problem at its field, the first of several', () => {
  const error = refusal(
    ['condition.cost_exceeded', 'too much'],
    ['condition.cost_exceeded', 'not decimal'],
    ['condition.on_errors.0', 'unknown'],
    ['agent_id', 'too long'],
  );
  expect(serverProblems(error)).toEqual({
    fields: { costUsd: 'too much', onErrors: 'unknown', agent: 'too long' },
    rest: null,
  });
});

test('serverProblems() tells what belongs to no field as a whole', () => {
  expect(serverProblems(null)).toEqual({ fields: {}, rest: null });
  expect(serverProblems(refusal())).toEqual({ fields: {}, rest: 'The body is not valid' });
  expect(serverProblems(refusal(['condition.colour', 'not known'], ['name', 'too long']))).toEqual({
    fields: { name: 'too long' },
    rest: 'The body is not valid',
  });
  expect(serverProblems(new Error('boom')).rest).toBe('Error: boom');
});
