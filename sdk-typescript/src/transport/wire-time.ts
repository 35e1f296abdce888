/** A moment as the wire has it: RFC 3339, UTC, milliseconds. */
export function wireTime(ms: number): string {
  return new Date(ms).toISOString();
}
