import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutRange } from './range-totals.ts';

const hour = 3_600_000;

describe('cutRange()', () => {
  test.each([
    ['whole hours', hour, 3 * hour, { fromMs: hour, toMs: 3 * hour }, []],
    ['nothing', hour, hour, null, []],
    ['what ends before it begins', 2 * hour, hour, null, []],
    ['all time', undefined, undefined, { fromMs: null, toMs: null }, []],
    ['within one hour', hour + 1, hour + 9, null, [{ fromMs: hour + 1, toMs: hour + 9 }]],
    [
      'ragged ends',
      hour - 1,
      2 * hour + 1,
      { fromMs: hour, toMs: 2 * hour },
      [
        { fromMs: hour - 1, toMs: hour },
        { fromMs: 2 * hour, toMs: 2 * hour + 1 },
      ],
    ],
    [
      'two hours without a whole one',
      hour - 1,
      hour + 1,
      null,
      [{ fromMs: hour - 1, toMs: hour + 1 }],
    ],
    [
      'an open end',
      hour - 1,
      undefined,
      { fromMs: hour, toMs: null },
      [{ fromMs: hour - 1, toMs: hour }],
    ],
  ])('cuts %s (S12)', (_name, fromMs, toMs, whole, edges) => {
    expect(cutRange(fromMs, toMs, hour)).toEqual({ whole, edges });
  });

  test('its parts cover the range once, without a gap (S12)', () => {
    const moment = fc.integer({ min: -5 * hour, max: 5 * hour });
    fc.assert(
      fc.property(moment, moment, (fromMs, toMs) => {
        const { whole, edges } = cutRange(fromMs, toMs, hour);
        const parts = [...edges, ...(whole === null ? [] : [whole])]
          .map((part) => [part.fromMs ?? 0, part.toMs ?? 0] as const)
          .toSorted(([a], [b]) => a - b);
        const length = parts.reduce((sum, [from, to]) => sum + to - from, 0);
        expect(length).toBe(Math.max(0, toMs - fromMs));
        for (const [index, [from]] of parts.entries()) {
          expect(from).toBe(index === 0 ? fromMs : parts[index - 1]?.[1]);
        }
        if (whole !== null)
          expect([(whole.fromMs ?? 0) % hour, (whole.toMs ?? 0) % hour].map(Math.abs)).toEqual([
            0, 0,
          ]);
      }),
    );
  });
});
