/**
 * The smallest value that at least `share` (0 < share <= 1) of all values do not exceed: the nearest-rank percentile.
 * Null without values.
 */
export function nearestRank(values: readonly number[], share: number): number | null {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.ceil(sorted.length * share) - 1] ?? null;
}
