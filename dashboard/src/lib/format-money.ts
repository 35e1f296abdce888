const NANO_PER_USD = 1_000_000_000n;

/** Money in the precision its size asks for: $0.0042, $12.38, $1,204.50; zero is $0. */
export function formatUsd(usd: number): string {
  return formatNanoUsd(BigInt(Math.round(usd * 1e9)));
}

/** The same from whole nano-USD, without a float in between. */
export function formatNanoUsd(nanoUsd: bigint | string): string {
  const nano = BigInt(nanoUsd);
  const size = nano < 0n ? -nano : nano;
  const sign = nano < 0n ? '−' : '';
  if (size === 0n) return '$0';
  return `${sign}$${decimal(size, placesFor(size))}`;
}

/** All digits of an amount, for places where totals are taken apart. */
export function formatNanoUsdExact(nanoUsd: bigint | string): string {
  const nano = BigInt(nanoUsd);
  const text = decimal(nano < 0n ? -nano : nano, 9).replace(/(\.\d\d\d*?)0+$/, '$1');
  return `${nano < 0n ? '−' : ''}$${text}`;
}

function placesFor(size: bigint): number {
  if (size >= NANO_PER_USD) return 2;
  if (size >= 100_000n) return 4;
  return Math.min(9, 11 - size.toString().length);
}

function decimal(size: bigint, places: number): string {
  const unit = 10n ** BigInt(9 - places);
  const rounded = (size + unit / 2n) / unit;
  const perUsd = 10n ** BigInt(places);
  const whole = (rounded / perUsd).toLocaleString('en-US');
  const rest = (rounded % perUsd).toString().padStart(places, '0');
  return places === 0 ? whole : `${whole}.${rest}`;
}
