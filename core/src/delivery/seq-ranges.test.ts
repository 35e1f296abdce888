import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addSeqs, countSeqs, countSeqsOutside, type SeqRanges } from './seq-ranges.ts';

const seqs = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 80 });

describe('addSeqs()', () => {
  test.each<[SeqRanges, number[], SeqRanges]>([
    [[], [], []],
    [[], [1], [[1, 1]]],
    [[], [3, 1, 2], [[1, 3]]],
    [[[1, 3]], [4], [[1, 4]]],
    [
      [[1, 3]],
      [5],
      [
        [1, 3],
        [5, 5],
      ],
    ],
    [
      [
        [1, 3],
        [5, 9],
      ],
      [4],
      [[1, 9]],
    ],
    [[[2, 3]], [1], [[1, 3]]],
    [[[1, 9]], [4, 4, 9], [[1, 9]]],
    [
      [[5, 5]],
      [1, 3, 7],
      [
        [1, 1],
        [3, 3],
        [5, 5],
        [7, 7],
      ],
    ],
    [
      [[1, 1]],
      [Number.MAX_SAFE_INTEGER],
      [
        [1, 1],
        [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
      ],
    ],
  ])('adds to %j the numbers %j: %j (D1)', (ranges, added, expected) => {
    expect(addSeqs(ranges, added)).toEqual(expected);
  });

  test('leaves the ranges it was given as they were', () => {
    const ranges: [number, number][] = [[1, 3]];
    addSeqs(ranges, [4, 5]);
    expect(ranges).toEqual([[1, 3]]);
  });

  test('holds exactly the distinct numbers, in any order and any split (D1)', () => {
    fc.assert(
      fc.property(fc.array(seqs, { maxLength: 6 }), (batches) => {
        const ranges = batches.reduce<SeqRanges>((known, batch) => addSeqs(known, batch), []);
        const distinct = [...new Set(batches.flat())].toSorted((a, b) => a - b);
        expect(numbersOf(ranges)).toEqual(distinct);
        expect(countSeqs(ranges)).toBe(distinct.length);
      }),
    );
  });

  test('keeps ranges ascending with a hole between any two', () => {
    fc.assert(
      fc.property(seqs, seqs, (first, second) => {
        const ranges = addSeqs(addSeqs([], first), second);
        ranges.slice(1).forEach(([start], index) => {
          expect(start).toBeGreaterThan((ranges[index]?.[1] ?? 0) + 1);
        });
      }),
    );
  });
});

describe('countSeqsOutside()', () => {
  test.each<[SeqRanges, SeqRanges, number]>([
    [[], [], 0],
    [[[1, 5]], [], 5],
    [[[1, 5]], [[1, 5]], 0],
    [[[1, 5]], [[3, 9]], 2],
    [[], [[1, 9]], 0],
    [
      [
        [1, 2],
        [8, 9],
      ],
      [[2, 8]],
      2,
    ],
  ])('counts those of %j that are not in %j: %i', (ranges, taken, expected) => {
    expect(countSeqsOutside(ranges, taken)).toBe(expected);
  });

  test('counts like a set', () => {
    fc.assert(
      fc.property(seqs, seqs, (some, others) => {
        const taken = new Set(others);
        const expected = new Set(some.filter((seq) => !taken.has(seq))).size;
        expect(countSeqsOutside(addSeqs([], some), addSeqs([], others))).toBe(expected);
      }),
    );
  });
});

function numbersOf(ranges: SeqRanges): number[] {
  return ranges.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  );
}
