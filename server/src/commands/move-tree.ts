import type { Session } from '@niitaka/core/session/session.ts';
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
  for (const id of ids) {
    const session = sessions.get(id)?.session;
    if (session === undefined || session.rootSessionId !== inner.id) continue;
    session.rootSessionId = inner.rootSessionId;
    session.depth += inner.depth;
    sessions.touch(id, true);
  }
  return ids.length < moveTreeLimit;
}
