import type { Difference, Report } from './difference.ts';

/** Differences told one by one; beyond this many they are only counted. */
export const maxToldDifferences = 100;

/** What verifying found; a sound database has no differences. */
export interface Verification {
  readonly sessions: number;
  readonly events: number;
  readonly differenceCount: number;
  readonly differences: readonly Difference[];
}

/** Takes differences as they are found, and sums them up at the end. */
export interface Findings {
  readonly report: Report;
  sumUp(counts: { readonly sessions: number; readonly events: number }): Verification;
}

/** Findings without any. */
export function openFindings(): Findings {
  const differences: Difference[] = [];
  let differenceCount = 0;
  return {
    report(difference) {
      differenceCount += 1;
      if (differences.length < maxToldDifferences) differences.push(difference);
    },
    sumUp: (counts) => ({ ...counts, differenceCount, differences }),
  };
}
