import { describe, expect, test } from 'vitest';
import { isCalendarDay } from './calendar-day.ts';

describe('isCalendarDay()', () => {
  test.each([
    ['2026-02-28', true],
    ['2026-02-29', false],
    ['2024-02-29T10:00:00Z', true],
    ['1900-02-29', false],
    ['2000-02-29', true],
    ['0000-02-29T00:00:00Z', true],
    ['2026-02-30T00:00:00.000Z', false],
    ['2026-04-31T23:59:59+02:00', false],
    ['2026-12-31', true],
    ['2026-13-01', false],
    ['2026-00-10', false],
    ['2026-01-00', false],
  ])('of %s is %j', (time, expected) => {
    expect(isCalendarDay(time)).toBe(expected);
  });
});
