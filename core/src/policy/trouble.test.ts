import { expect, test } from 'vitest';
import { isFields, isName, isWhole, trouble } from './trouble.ts';

test.each([
  [1, '1'],
  [1e-9, '1e-9'],
  [1e-5, '0.00001'],
  [-2.5e-6, '-0.0000025'],
  [1e21, '1e+21'],
  [Number.POSITIVE_INFINITY, 'null'],
  [true, 'true'],
  [null, 'null'],
  ['ä\n', '"ä\\n"'],
  ['\ud800', '"\\ud800"'],
  [{ a: [1, 2] }, '{"a":[1,2]}'],
  [undefined, 'nothing'],
])('trouble() writes what it found as JSON, as the Python SDK does: %j', (found, text) => {
  expect(trouble('at', 'else', found)).toEqual({ at: 'at', reason: `must be else: got ${text}` });
});

test('trouble() shows 100 characters and splits none', () => {
  const { reason } = trouble('at', '', '😀'.repeat(300));
  expect([...reason].length).toBe('must be : got '.length + 100);
  expect(reason.isWellFormed()).toBe(true);
});

test('isName() counts characters, 1 to 200', () => {
  expect(['', 'x', '😀'.repeat(200), '😀'.repeat(201), 7, null].map(isName)).toEqual([
    false,
    true,
    true,
    false,
    false,
    false,
  ]);
});

test.each([
  [1, true],
  [10, true],
  [3.0, true],
  [0, false],
  [11, false],
  [1.5, false],
  [Number.NaN, false],
  [Number.POSITIVE_INFINITY, false],
  ['3', false],
  [true, false],
  [null, false],
])('isWhole() of 1 to 10: %j is %j', (value, expected) => {
  expect(isWhole(value, 1, 10)).toBe(expected);
});

test.each([
  [{}, true],
  [{ a: 1 }, true],
  [[], false],
  [null, false],
  ['text', false],
  [7, false],
])('isFields() of %j is %j', (value, expected) => {
  expect(isFields(value)).toBe(expected);
});
