/** An exact decimal number: `coefficient` / 10^`scale`, without trailing zeros; `scale` may be negative. */
export interface Decimal {
  readonly coefficient: bigint;
  readonly scale: number;
}

/** Longest text that {@link parseDecimal} reads, in characters; longer text is no decimal. */
export const maxDecimalCharacters = 400;

/** Greatest exponent, either sign, that {@link parseDecimal} reads; it holds every JSON number. */
export const maxDecimalExponent = 400;

const form = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/;

/**
 * The decimal that a JSON number or a text means, exponents included. A number counts as its shortest decimal
 * text, so 0.1 is exactly one tenth. Null when it is not finite, not a number, or over a limit.
 */
export function parseDecimal(value: number | string): Decimal | null {
  const text = typeof value === 'number' ? String(value) : value.trim();
  const parts = text.length > maxDecimalCharacters ? null : form.exec(text);
  if (parts === null) return null;
  const [, sign = '', whole = '', fraction = '', exponentText = '0'] = parts;
  const exponent = Number(exponentText);
  if (whole + fraction === '' || Math.abs(exponent) > maxDecimalExponent) return null;
  const magnitude = BigInt(whole + fraction);
  return canonical(sign === '-' ? -magnitude : magnitude, fraction.length - exponent);
}

/** The decimal as plain text: no exponent, no trailing zeros, `0` for zero. */
export function decimalText(decimal: Decimal): string {
  const { coefficient, scale } = decimal;
  const sign = coefficient < 0n ? '-' : '';
  const digits = (coefficient < 0n ? -coefficient : coefficient).toString();
  if (scale <= 0) return sign + (coefficient === 0n ? '0' : digits + '0'.repeat(-scale));
  const padded = digits.padStart(scale + 1, '0');
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

/** The decimal × 10^`places` as a whole number, rounded half to even. */
export function scaledToInteger(decimal: Decimal, places: number): bigint {
  const shift = places - decimal.scale;
  if (shift >= 0) return decimal.coefficient * 10n ** BigInt(shift);
  return divideHalfEven(decimal.coefficient, 10n ** BigInt(-shift));
}

/** `numerator` / `denominator` as a whole number, rounded half to even; `denominator` is > 0. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const magnitude = numerator < 0n ? -numerator : numerator;
  const quotient = magnitude / denominator;
  const twice = (magnitude % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  const rounded = up ? quotient + 1n : quotient;
  return numerator < 0n ? -rounded : rounded;
}

function canonical(coefficient: bigint, scale: number): Decimal {
  if (coefficient === 0n) return { coefficient, scale: 0 };
  const digits = coefficient.toString();
  const significant = digits.replace(/0+$/, '');
  return {
    coefficient: BigInt(significant),
    scale: scale - (digits.length - significant.length),
  };
}
