import { expect, test } from 'vitest';
import { ApiError } from '../../../lib/api/api-error.ts';
import { fieldOf, fileRefusal, offsetOf } from './file-problems.ts';

const said = {
  status: 422,
  code: 'invalid',
  detail: 'The policy file is not valid at 8:20: must be a number',
  retryable: false,
} as const;

test('fileRefusal() tells what is wrong in the order of the lines (P8)', () => {
  const errors = [
    { path: 'policies.1.mode', code: 'invalid', message: 'unknown', line: 12, column: 9 },
    { path: 'policies.0.condition', code: 'invalid', message: 'a number', line: 8, column: 20 },
  ];
  const { problems, rest } = fileRefusal(new ApiError({ ...said, errors }));
  expect(problems.map(({ line, column, message }) => [line, column, message])).toEqual([
    [8, 20, 'a number'],
    [12, 9, 'unknown'],
  ]);
  expect(rest).toBeNull();
});

test('fileRefusal() tells as a whole what has no place', () => {
  expect(fileRefusal(new ApiError(said))).toEqual({ problems: [], rest: said.detail });
  const errors = [{ path: 'text', code: 'too_big', message: 'too long' }];
  expect(fileRefusal(new ApiError({ ...said, errors })).problems).toEqual([
    { line: null, column: null, path: 'text', message: 'too long' },
  ]);
  expect(fileRefusal(null)).toEqual({ problems: [], rest: null });
});

test.each([
  ['policies.1.type', 'type'],
  ['policies.0.action.max_retries', 'action.max_retries'],
  ['policies.12', ''],
  ['policies', ''],
  ['version', 'version'],
])('fieldOf() names what of a policy is wrong: %s (P8)', (path, field) => {
  expect(fieldOf(path)).toBe(field);
});

test('offsetOf() finds a place in a text, and stays within it', () => {
  const text = 'a: 1\nbc: 2\n';
  expect(offsetOf(text, 1, 1)).toBe(0);
  expect(offsetOf(text, 2, 5)).toBe(9);
  expect(offsetOf(text, 2, 99)).toBe(10);
  expect(offsetOf(text, 9, 1)).toBe(11);
});
