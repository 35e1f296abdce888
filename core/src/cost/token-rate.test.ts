import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { divideHalfEven, parseDecimal } from '../money/decimal.ts';
import { chargeTokens, tokenRate } from './token-rate.ts';

function charge(tokens: number, usdPerMillion: number | string): bigint | null {
  const decimal = parseDecimal(usdPerMillion);
  return decimal === null ? null : chargeTokens(tokens, tokenRate(decimal));
}

describe('chargeTokens()', () => {
  test.each([
    [107, 0.0125, 1338n],
    [1, 0.0005, 0n],
    [3, 0.0005, 2n],
    [5, 0.0005, 2n],
    [1, 0.000501, 1n],
    [7, '0.15', 1050n],
    [0, 75, 0n],
    [1_000_000_000, 1_000_000, 1_000_000_000_000_000_000n],
    [999_999_999, '123456.789012345', 123_456_788_888_888_211n],
    [1, '1e-30', 0n],
    [3, 1e-300, 0n],
  ])('charges %d tokens at %s USD a million with %s nano-USD (C1)', (tokens, price, expected) => {
    expect(charge(tokens, price)).toBe(expected);
  });

  test('is exact, by doubles and by big integers alike (C1)', () => {
    fc.assert(
      fc.property(
        fc.nat(1_000_000_000),
        fc.bigInt({ min: 0n, max: 10n ** 12n }),
        fc.nat(20),
        (tokens, coefficient, scale) => {
          const exact = divideHalfEven(BigInt(tokens) * coefficient * 1000n, 10n ** BigInt(scale));
          expect(charge(tokens, `${coefficient}e-${scale}`)).toBe(exact);
        },
      ),
      { numRuns: 500 },
    );
  });
});
