import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backOffSeconds, maxDelaySeconds } from './back-off.ts';

const rule = { baseSeconds: 0.5, maxSeconds: 60 } as const;

describe('maxDelaySeconds()', () => {
  test.each([
    ['constant', [0.5, 0.5, 0.5, 0.5]],
    ['linear', [0.5, 1, 1.5, 2]],
    ['exponential', [0.5, 1, 2, 4]],
  ] as const)('grows %s (P4)', (backoff, expected) => {
    const found = [1, 2, 3, 4].map((attempt) => maxDelaySeconds({ ...rule, backoff }, attempt));
    expect(found).toEqual(expected);
  });

  test('is never more than the most (P4)', () => {
    expect(maxDelaySeconds({ ...rule, backoff: 'exponential' }, 10)).toBe(60);
    expect(maxDelaySeconds({ ...rule, backoff: 'exponential', maxSeconds: 3 }, 4)).toBe(3);
  });
});

test('backOffSeconds() draws from nothing to the most: full jitter (P4)', () => {
  const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(draw, fc.integer({ min: 1, max: 10 }), (draw, attempt) => {
      const delay = backOffSeconds({ ...rule, backoff: 'exponential' }, attempt, draw);
      expect(delay).toBeGreaterThanOrEqual(0);
      expect(delay).toBeLessThanOrEqual(60);
    }),
  );
  expect(backOffSeconds({ ...rule, backoff: 'linear' }, 4, 0.25)).toBe(0.5);
  expect(backOffSeconds({ ...rule, backoff: 'linear' }, 4, 0)).toBe(0);
});
