import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nanoUsdOf, usdNumber, usdText } from './nano-usd.ts';

describe('nanoUsdOf()', () => {
  test.each([
    [0, 0n],
    [0.1, 100_000_000n],
    [0.2 + 0.1, 300_000_000n],
    [1e-9, 1n],
    [1e-10, 0n],
    [0.0000000025, 2n],
    ['0.0000000035', 4n],
    [1_000_000, 1_000_000_000_000_000n],
    ['123456789012.123456789', 123_456_789_012_123_456_789n],
    [-1.5, -1_500_000_000n],
  ])('reads %s USD as %s (S6)', (usd, expected) => {
    expect(nanoUsdOf(usd)).toBe(expected);
  });

  test('is null for what is no amount', () => {
    expect(nanoUsdOf(Number.NaN)).toBeNull();
    expect(nanoUsdOf('free')).toBeNull();
  });
});

describe('usdText()', () => {
  test.each([
    [0n, '0'],
    [1n, '0.000000001'],
    [10n, '0.00000001'],
    [1_000_000_000n, '1'],
    [1_063_761_250n, '1.06376125'],
    [-5_564_900n, '-0.0055649'],
    [9_223_372_036_854_775_807n, '9223372036.854775807'],
  ])('writes %s as %s (S6)', (nanoUsd, expected) => {
    expect(usdText(nanoUsd)).toBe(expected);
  });

  test('reads back as the same amount (S6)', () => {
    fc.assert(
      fc.property(fc.bigInt(), (nanoUsd) => {
        expect(nanoUsdOf(usdText(nanoUsd))).toBe(nanoUsd);
      }),
    );
  });
});

describe('usdNumber()', () => {
  test.each([
    [0n, 0],
    [1n, 1e-9],
    [300_000_000n, 0.3],
    [9_223_372_036_854_775_807n, 9223372036.854776],
  ])('gives %s as %d', (nanoUsd, expected) => {
    expect(usdNumber(nanoUsd)).toBe(expected);
  });

  test('is the double nearest to the text (S6)', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n }), (nanoUsd) => {
        expect(usdNumber(nanoUsd)).toBe(Number(usdText(nanoUsd)));
      }),
    );
  });

  test('reads back as the same amount below 8,000,000 USD (S6)', () => {
    const largest = 8_000_000_000_000_000n;
    fc.assert(
      fc.property(fc.bigInt({ min: -largest, max: largest }), (nanoUsd) => {
        expect(nanoUsdOf(usdNumber(nanoUsd))).toBe(nanoUsd);
      }),
    );
  });
});
