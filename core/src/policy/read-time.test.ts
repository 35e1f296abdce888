import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTime } from './read-time.ts';

test.each([
  ['1970-01-01T00:00:00Z', 0],
  ['1970-01-01T00:00:00.001Z', 1],
  ['1970-01-01t01:00:00.5+01:00', 500],
  ['1969-12-31T23:00:00-02:00', 3_600_000],
  ['2026-11-24T10:00:00.123456Z', Date.UTC(2026, 10, 24, 10, 0, 0, 123)],
  [4, 4],
  [4.5, null],
  ['4', null],
  ['2026-11-24', null],
  ['2026-11-24T10:00:00', null],
  ['2026-13-01T00:00:00Z', null],
  ['2026-11-24T24:00:00Z', null],
  ['0001-01-01T00:00:00Z', null],
  [null, null],
])('readTime() reads %j as %j', (value, expected) => {
  expect(readTime(value)).toBe(expected);
});

test('readTime() reads back every time that JavaScript writes', () => {
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true, min: new Date('1900-01-01') }), (date) => {
      fc.pre(date.getUTCFullYear() < 10_000);
      expect(readTime(date.toISOString())).toBe(date.getTime());
    }),
  );
});
