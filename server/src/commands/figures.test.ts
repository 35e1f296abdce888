import fc from 'fast-check';
import { expect, test } from 'vitest';
import { difference, negated, sum } from './figures.ts';

const figures = fc.record({ count: fc.integer(), costNanoUsd: fc.bigInt() });

test('difference() added to what was before gives what is after', () => {
  fc.assert(
    fc.property(figures, figures, (before, after) => {
      const moved = difference(after, before);
      expect(moved === null ? before : sum(before, moved)).toEqual(after);
    }),
  );
});

test('difference() of equals is null, and of nothing before is everything', () => {
  expect(difference({ count: 1, costNanoUsd: 2n }, { count: 1, costNanoUsd: 2n })).toBeNull();
  expect(difference({ count: 0, costNanoUsd: 0n }, null)).toEqual({ count: 0, costNanoUsd: 0n });
});

test('negated() takes figures out of a total', () => {
  fc.assert(
    fc.property(figures, figures, (total, part) => {
      expect(sum(sum(total, part), negated(part))).toEqual(total);
    }),
  );
});
