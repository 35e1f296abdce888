import type { DisplayRow } from '../list/display-rows.ts';

type SessionLine = Extract<DisplayRow, { kind: 'session' }>;

/** The session one step down (1) or up (-1) from the active one; the first when none is. */
export function stepFrom(
  lines: readonly DisplayRow[],
  activeId: string | null,
  step: -1 | 1,
): string | null {
  const from = indexOf(lines, activeId);
  if (from === -1) return lines.find(isSession)?.id ?? null;
  for (let index = from + step; index >= 0 && index < lines.length; index += step) {
    const line = lines[index];
    if (line !== undefined && isSession(line)) return line.id;
  }
  return activeId;
}

/** The parent of the active session, or itself when it is a root. */
export function parentOf(lines: readonly DisplayRow[], activeId: string): string {
  const line = lines[indexOf(lines, activeId)];
  return line !== undefined && isSession(line) ? (line.parentId ?? activeId) : activeId;
}

/** Where a session stands; -1 when it does not. */
export function indexOf(lines: readonly DisplayRow[], id: string | null): number {
  return id === null ? -1 : lines.findIndex((line) => isSession(line) && line.id === id);
}

function isSession(line: DisplayRow): line is SessionLine {
  return line.kind === 'session';
}
