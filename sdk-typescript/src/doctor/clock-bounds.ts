/** Between what the server's clock is ahead of this one; milliseconds. */
export interface ClockBounds {
  readonly lowMs: number;
  readonly highMs: number;
}

/** The server corrects clocks that are off by more than this. */
const toleranceMs = 2000;

/**
 * What one more answer says: its `Date` header, which is cut to the second, was written between `sentMs` and
 * `receivedMs` of this clock. Null when no answer had a readable one yet.
 */
export function narrow(
  known: ClockBounds | null,
  date: string | null,
  sentMs: number,
  receivedMs: number,
): ClockBounds | null {
  const datedMs = Date.parse(date ?? '');
  if (!Number.isFinite(datedMs)) return known;
  const found = { lowMs: datedMs - receivedMs, highMs: datedMs + 1000 - sentMs };
  const lowMs = Math.max(found.lowMs, known?.lowMs ?? found.lowMs);
  const highMs = Math.min(found.highMs, known?.highMs ?? found.highMs);
  // A clock that was set meanwhile makes the earlier answers worthless.
  return lowMs <= highMs ? { lowMs, highMs } : found;
}

/** The finding in words, as far as it is known and no further. */
export function describeClock({ lowMs, highMs }: ClockBounds): string {
  const aheadMs = (lowMs + highMs) / 2;
  const within = `within ${(Math.ceil((highMs - lowMs) / 200) / 10).toFixed(1)} s`;
  if (lowMs <= 0 && highMs >= 0) return `as the server's, ${within}`;
  const seconds = (Math.abs(aheadMs) / 1000).toFixed(1);
  const side = aheadMs > 0 ? 'behind' : 'ahead of';
  const remedy = Math.abs(aheadMs) > toleranceMs ? '; the server corrects it' : '';
  return `${seconds} s ${side} the server's, ${within}${remedy}`;
}
