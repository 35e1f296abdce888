/** The element id of a session's line. */
export function domIdOf(id: string): string {
  return `session-${id}`;
}
