import { divideHalfEven, type Decimal } from '../money/decimal.ts';

/** A price per token, exact: nano-USD = tokens × numerator / denominator. */
export interface TokenRate {
  readonly numerator: bigint;
  readonly denominator: bigint;
  /** The same two as numbers; `fastNumerator` is Infinity where doubles cannot hold them exactly. */
  readonly fastNumerator: number;
  readonly fastDenominator: number;
}

/** The rate of a price in USD per million tokens: one such USD is 1,000 nano-USD a token. */
export function tokenRate(usdPerMillion: Decimal): TokenRate {
  const shift = 3 - usdPerMillion.scale;
  const numerator = usdPerMillion.coefficient * (shift > 0 ? 10n ** BigInt(shift) : 1n);
  const denominator = shift < 0 ? 10n ** BigInt(-shift) : 1n;
  const fits = numerator <= maxFast && denominator <= maxFast / 4n;
  return {
    numerator,
    denominator,
    fastNumerator: fits ? Number(numerator) : Infinity,
    fastDenominator: fits ? Number(denominator) : 1,
  };
}

/** Nano-USD of `tokens` (whole, >= 0) at `rate`, rounded half to even, exact at any size. */
export function chargeTokens(tokens: number, rate: TokenRate): bigint {
  if (tokens === 0) return 0n;
  const product = tokens * rate.fastNumerator;
  if (product > Number.MAX_SAFE_INTEGER) {
    return divideHalfEven(BigInt(tokens) * rate.numerator, rate.denominator);
  }
  const { fastDenominator } = rate;
  if (fastDenominator === 1) return BigInt(product);
  const remainder = product % fastDenominator;
  const quotient = (product - remainder) / fastDenominator;
  const twice = remainder * 2;
  const up = twice > fastDenominator || (twice === fastDenominator && quotient % 2 === 1);
  return BigInt(up ? quotient + 1 : quotient);
}

const maxFast = BigInt(Number.MAX_SAFE_INTEGER);
