const firstMs = 1_000;
const longestMs = 10_000;

/** How long to wait before the n-th attempt in a row (from 1); `random` in [0, 1) spreads clients. */
export function reconnectDelayMs(attempt: number, random: number): number {
  const ceiling = Math.min(longestMs, firstMs * 2 ** Math.max(0, attempt - 1));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}
