import type { SessionLink } from './session.ts';

/** The longest chain from a root to its deepest session (S9). */
export const maxTreeDepth = 256;

/** What is known about the parent a new session names. */
export interface KnownParent {
  readonly id: string;
  /** Its root as of now, followed through roots that have since found a parent. */
  readonly rootSessionId: string;
  readonly depth: number;
}

/** What a new session finds below itself: children that arrived before it. */
export interface WaitingChildren {
  readonly childCount: number;
  /** Levels below the new session; 0 without children. */
  readonly height: number;
}

/**
 * The link of a new session (S9). A parent not known yet is the root for now; a link that would close a loop or make
 * a chain longer than {@link maxTreeDepth} is left out and `parentRefused` says why.
 */
export function linkSession(
  id: string,
  parentSessionId: string | null,
  parent: KnownParent | null,
  waiting: WaitingChildren,
): SessionLink {
  const root = {
    parentSessionId: null,
    rootSessionId: id,
    depth: 0,
    childCount: waiting.childCount,
  };
  if (parentSessionId === null) return { ...root, parentRefused: null };
  const depth = (parent?.depth ?? 0) + 1;
  const refused = refusal(id, parentSessionId, parent, depth + waiting.height);
  if (refused !== null) return { ...root, parentRefused: refused };
  const rootSessionId = parent?.rootSessionId ?? parentSessionId;
  return {
    parentSessionId,
    rootSessionId,
    depth,
    childCount: waiting.childCount,
    parentRefused: null,
  };
}

function refusal(
  id: string,
  parentSessionId: string,
  parent: KnownParent | null,
  deepest: number,
): string | null {
  if (parentSessionId === id || parent?.rootSessionId === id) {
    return `parent ${parentSessionId} is a descendant of ${id}: the link would close a loop`;
  }
  if (deepest > maxTreeDepth) {
    return `the chain would be ${deepest} sessions deep: at most ${maxTreeDepth} are linked`;
  }
  return null;
}
