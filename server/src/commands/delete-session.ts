import { failure, success } from '@niitaka/core/result.ts';
import { rollupFigures, treeFigures } from '@niitaka/core/session/contributions.ts';
import type { Session } from '@niitaka/core/session/session.ts';
import type { Command, CommandContext } from './command.ts';
import { negated } from './figures.ts';
import { openSessionSet } from './session-set.ts';

/** Which session to remove. */
export interface DeleteSession {
  readonly orgId: string;
  readonly sessionId: string;
}

/**
 * Removes a session with its events and takes its figures out of every total (S12). Its children stay, each under
 * the same root; what still arrives for it is answered `session_deleted`.
 */
export const deleteSession: Command<DeleteSession, { id: string }> = async (context, args) => {
  const { orgId, sessionId } = args;
  const sessions = openSessionSet(context, orgId);
  await sessions.load([sessionId]);
  const stored = sessions.get(sessionId);
  if (stored === undefined) return failure('not_found', `There is no session ${sessionId}`);
  await takeOut(context, orgId, stored.session);
  await context.tx.deleteSession(orgId, stored, context.nowMs);
  await context.tx.recordChanges(orgId, [{ kind: 'deleted', id: sessionId }], context.nowMs);
  return success({ id: sessionId });
};

async function takeOut({ tx }: CommandContext, orgId: string, session: Session): Promise<void> {
  const { environment, agentId, startedAtMs, rootSessionId } = session;
  const figures = negated(rollupFigures(session));
  await tx.addRollups(orgId, [{ environment, agentId, startedAtMs, figures }]);
  const tree = treeFigures(session);
  if (tree !== null) await tx.addTreeTotals(orgId, [{ rootSessionId, figures: negated(tree) }]);
}
