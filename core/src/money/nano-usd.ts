import { parseDecimal, scaledToInteger } from './decimal.ts';

/** Nano-USD in one USD: money is whole nano-USD inside and decimal USD on the wire (S6). */
export const nanoUsdPerUsd = 1_000_000_000n;

/**
 * Nano-USD of an amount in USD given as JSON number or decimal text, rounded half to even. Null when the amount
 * is no finite decimal.
 */
export function nanoUsdOf(usd: number | string): bigint | null {
  const decimal = parseDecimal(usd);
  return decimal === null ? null : scaledToInteger(decimal, 9);
}

/** An amount as decimal USD text: up to 9 places, no trailing zeros, no exponent, `0` for nothing. */
export function usdText(nanoUsd: bigint): string {
  const sign = nanoUsd < 0n ? '-' : '';
  const magnitude = nanoUsd < 0n ? -nanoUsd : nanoUsd;
  const whole = magnitude / nanoUsdPerUsd;
  const fraction = magnitude % nanoUsdPerUsd;
  if (fraction === 0n) return `${sign}${whole}`;
  return `${sign}${whole}.${fraction.toString().padStart(9, '0').replace(/0+$/, '')}`;
}

/** An amount as the JSON number nearest to its decimal USD; exact to the last nano-USD below 8,000,000 USD. */
export function usdNumber(nanoUsd: bigint): number {
  const number = Number(nanoUsd);
  return Number.isSafeInteger(number) ? number / 1e9 : Number(usdText(nanoUsd));
}
