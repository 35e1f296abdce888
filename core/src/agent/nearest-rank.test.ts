import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nearestRank } from './nearest-rank.ts';

describe('nearestRank()', () => {
  test.each([
    [[], null],
    [[7], 7],
    [[1, 2], 2],
    [Array.from({ length: 20 }, (_, index) => index + 1), 19],
    [Array.from({ length: 21 }, (_, index) => 21 - index), 20],
  ])('of %j at 0.95 is %j', (values, expected) => {
    expect(nearestRank(values, 0.95)).toBe(expected);
  });

  test('is the smallest value that the share does not exceed', () => {
    const values = fc.array(fc.nat(50), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, fc.constantFrom(0.05, 0.5, 0.95, 1), (some, share) => {
        const found = nearestRank(some, share) ?? -1;
        const upTo = (limit: number) => some.filter((value) => value <= limit).length;
        expect(upTo(found)).toBeGreaterThanOrEqual(some.length * share);
        expect(upTo(found - 1)).toBeLessThan(some.length * share);
      }),
    );
  });
});
