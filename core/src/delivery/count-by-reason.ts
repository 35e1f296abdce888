/** Counts by reason; a reason is any text, also one that every object inherits, such as `constructor`. */
export type CountByReason = Readonly<Record<string, number>>;

/** The count of one reason; 0 where it is not counted. */
export function countOf(counts: CountByReason, reason: string): number {
  return Object.hasOwn(counts, reason) ? (counts[reason] ?? 0) : 0;
}
