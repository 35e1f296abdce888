import type { Session } from '@niitaka/core/session/session.ts';
import type { StoredSession } from '../storage/session-tx.ts';
import type { CommandContext } from './command.ts';
import type { SessionSet } from './session-set.ts';

/** Sessions moved to another root in one transaction (S9). */
export const moveTreeLimit = 500;

/**
 * Moves sessions that still hang on `inner` as their root to its own root, at most {@link moveTreeLimit}; answers
 * whether none is left.
 */
export async function moveTree(
  context: CommandContext,
  orgId: string,
  sessions: SessionSet,
  inner: Session,
): Promise<boolean> {
  const ids = await context.tx.sessionIdsByRoot(orgId, inner.id, moveTreeLimit);
  await sessions.load(ids);
  const moved: StoredSession[] = [];
  for (const id of ids) {
    const stored = sessions.get(id);
    if (stored === undefined || stored.session.rootSessionId !== inner.id) continue;
    stored.session.rootSessionId = inner.rootSessionId;
    stored.session.depth += inner.depth;
    sessions.touch(id, true);
    moved.push(stored);
  }
  // INVARIANT: roots and depths are looked up in the storage, so they stand there before the next link is made.
  await context.tx.saveSessions(moved);
  return ids.length < moveTreeLimit;
}
