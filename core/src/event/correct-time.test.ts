import { describe, expect, test } from 'vitest';
import { clockOffset, clockToleranceMs, correctTime, earliestTimeMs } from './correct-time.ts';

describe('clockOffset()', () => {
  test.each([
    [10_000, null, 0],
    [10_000, 10_000, 0],
    [10_000, 10_000 - clockToleranceMs, 0],
    [10_000, 10_000 + clockToleranceMs, 0],
    [10_000, 10_000 - clockToleranceMs - 1, clockToleranceMs + 1],
    [10_000, 10_000 + clockToleranceMs + 1, -clockToleranceMs - 1],
    [90_000_000, 90_000_000 + 86_400_000, -86_400_000],
  ])('of arrival %i and sent_at %j is %i (E6)', (arrivedAtMs, sentAtMs, expected) => {
    expect(clockOffset(arrivedAtMs, sentAtMs)).toBe(expected);
  });
});

describe('correctTime()', () => {
  test.each([
    [1_000, 0, 5_000, 1_000],
    [1_000, 3_000, 5_000, 4_000],
    [4_000, 3_000, 5_000, 5_000],
    [9_000, -6_000, 5_000, 3_000],
    [6_000, 0, 5_000, 5_000],
    [Date.UTC(1, 0), -300_000_000_000_000, 5_000, earliestTimeMs],
  ])('moves %i by %i, arrived at %i, to %i (E6)', (sentMs, offsetMs, arrivedAtMs, expected) => {
    expect(correctTime(sentMs, offsetMs, arrivedAtMs)).toBe(expected);
  });

  test('stays within what the wire can tell', () => {
    expect(new Date(earliestTimeMs).toISOString()).toBe('0000-01-01T00:00:00.000Z');
  });
});
