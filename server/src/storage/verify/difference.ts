/** One figure that is not what its rows add up to. */
export interface Difference {
  /** What was checked, such as `sessions from events`. */
  readonly check: string;
  /** Which row, by its id or key. */
  readonly subject: string;
  readonly field: string;
  readonly stored: string;
  readonly recomputed: string;
}

/** Takes one difference; keeping some and counting all is the taker's business. */
export type Report = (difference: Difference) => void;

/** Differences between two values of the same row, named by field. */
export function compareFields(
  report: Report,
  check: string,
  subject: string,
  stored: Readonly<Record<string, unknown>>,
  recomputed: Readonly<Record<string, unknown>>,
): void {
  for (const [field, wanted] of Object.entries(recomputed)) {
    const found = stored[field];
    if (textOf(found) === textOf(wanted)) continue;
    report({ check, subject, field, stored: textOf(found), recomputed: textOf(wanted) });
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string') return value;
  return JSON.stringify(value ?? null);
}
