/** A sender's clock is left alone while it is off by no more than this, ms (E6). */
export const clockToleranceMs = 2_000;

/** How far a sender's clock is behind the server's, ms; 0 within the tolerance or without `sent_at` (E6). */
export function clockOffset(arrivedAtMs: number, sentAtMs: number | null): number {
  const offset = sentAtMs === null ? 0 : arrivedAtMs - sentAtMs;
  return Math.abs(offset) > clockToleranceMs ? offset : 0;
}

/** The first moment that a time on the wire can tell: 0000-01-01T00:00:00.000Z, ms. */
export const earliestTimeMs = -62_167_219_200_000;

/** A sender's time on the server's clock, never later than arrival nor before {@link earliestTimeMs} (E6). */
export function correctTime(sentMs: number, offsetMs: number, arrivedAtMs: number): number {
  return Math.max(earliestTimeMs, Math.min(sentMs + offsetMs, arrivedAtMs));
}
