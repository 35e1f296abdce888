import { describe, expect, test } from 'vitest';
import { failure, success, type FailureCode } from './result.ts';

describe('success()', () => {
  test('wraps any value, nothing included', () => {
    expect(success(7)).toEqual({ ok: true, value: 7 });
    expect(success(null)).toEqual({ ok: true, value: null });
    expect(success(undefined)).toEqual({ ok: true, value: undefined });
  });
});

describe('failure()', () => {
  test.each<[FailureCode, boolean]>([
    ['invalid', false],
    ['unauthenticated', false],
    ['forbidden', false],
    ['not_found', false],
    ['conflict', false],
    ['session_closed', false],
    ['session_deleted', false],
    ['session_not_found', true],
    ['unknown_kind', false],
    ['too_large', false],
    ['over_limit', false],
    ['unavailable', true],
  ])('of code %s is retryable: %s (E5)', (code, retryable) => {
    expect(failure(code, 'Cannot do it')).toEqual({
      ok: false,
      failure: { code, message: 'Cannot do it', retryable },
    });
  });

  test('names each problem by the path of its value', () => {
    const problem = { path: 'metrics.score', code: 'invalid', message: 'must be 0 to 1: got 2' };
    const found = failure('invalid', 'Cannot take the metrics', [problem]);
    expect(found.ok ? null : found.failure.problems).toEqual([problem]);
  });

  test('has no empty list of problems where none was told', () => {
    const found = failure('conflict', 'Cannot start');
    expect(found.ok ? true : 'problems' in found.failure).toBe(false);
  });
});
