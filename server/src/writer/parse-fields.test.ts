import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTime } from './parse-fields.ts';

describe('readTime()', () => {
  test.each([
    ['2026-06-15T12:00:00.000Z', Date.UTC(2026, 5, 15, 12)],
    ['2026-06-15T12:34:56.789Z', Date.UTC(2026, 5, 15, 12, 34, 56, 789)],
    ['2026-06-15t12:34:56.789z', Date.UTC(2026, 5, 15, 12, 34, 56, 789)],
    ['2026-06-15 12:34:56Z', Date.UTC(2026, 5, 15, 12, 34, 56)],
    ['2026-06-15T14:34:56+02:00', Date.UTC(2026, 5, 15, 12, 34, 56)],
    ['2026-06-15T12:34:56.123456789Z', Date.UTC(2026, 5, 15, 12, 34, 56, 123)],
    ['1969-12-31T23:59:59.999Z', -1],
    ['2024-02-29T00:00:00.000Z', Date.UTC(2024, 1, 29)],
    ['2026-06-15T24:00:00.000Z', Date.UTC(2026, 5, 16)],
  ])('reads %s', (text, expected) => {
    expect(readTime(text)).toBe(expected);
  });

  test.each([
    '2026-13-01T00:00:00.000Z',
    '2026-06-32T00:00:00.000Z',
    '2026-06-15T25:00:00.000Z',
    '2026-06-15T12:60:00.000Z',
    '2026-06-15T12:00:60.000Z',
    undefined,
    null,
    7,
  ])('finds no time in %j', (value) => {
    expect(readTime(value)).toBeNaN();
  });

  test('reads every time that a clock writes', () => {
    fc.assert(
      fc.property(
        fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(Date.UTC(9999, 11, 31)) }),
        (date) => {
          const text = date.toISOString();
          expect(readTime(text)).toBe(date.getTime());
        },
      ),
    );
  });
});
