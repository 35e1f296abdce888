/** Which share of the sessions had errors, 0 to 1; null where there was no session. */
export function errorRate(of: {
  readonly sessions: number;
  readonly with_errors: number;
}): number | null {
  return of.sessions === 0 ? null : of.with_errors / of.sessions;
}
