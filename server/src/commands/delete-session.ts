import { failure, success } from '@niitaka/core/result.ts';
import { rollupFigures, treeFigures } from '@niitaka/core/session/contributions.ts';
import type { StoredSession } from '../storage/session-tx.ts';
import type { Command, CommandContext } from './command.ts';
import { negated } from './figures.ts';
import { openSessionSet, type SessionSet } from './session-set.ts';
import { writeAudit } from './write-audit.ts';

/** Which session to remove. */
export interface DeleteSession {
  readonly orgId: string;
  readonly sessionId: string;
  /** Whom the audit log names; a deletion that nobody asked for leaves no row there. */
  readonly actor?: string;
}

/**
 * Removes a session with its events and takes its figures out of every total (S12). Its children stay, each under
 * the same root; what still arrives for it is answered `session_deleted`.
 */
export const deleteSession: Command<DeleteSession, { id: string }> = async (context, args) => {
  const { orgId, sessionId } = args;
  const doomed = (await context.tx.loadSessions(orgId, [sessionId])).get(sessionId);
  if (doomed === undefined) return failure('not_found', `There is no session ${sessionId}`);
  const sessions = openSessionSet(context, orgId);
  await leaveTree(sessions, doomed);
  await takeOut(context, orgId, doomed);
  await context.tx.deleteSession(orgId, doomed, context.nowMs);
  await sessions.flush();
  await context.tx.recordChanges(orgId, [{ kind: 'deleted', id: sessionId }], context.nowMs);
  if (args.actor !== undefined) {
    const { status, startedAtMs } = doomed.session;
    // Nothing that the session said: a deletion would else keep it.
    const before = { status, startedAt: new Date(startedAtMs).toISOString() };
    const deed = { action: 'delete-session', target: sessionId, before };
    await writeAudit(context, { orgId, actor: args.actor }, deed);
  }
  return success({ id: sessionId });
};

/** The parent counts it no more, and the root shows what is left of its tree. */
async function leaveTree(sessions: SessionSet, { session }: StoredSession): Promise<void> {
  const { parentSessionId: parentId, rootSessionId } = session;
  if (parentId === null) return;
  await sessions.load([parentId, rootSessionId]);
  sessions.touch(rootSessionId, true);
  const parent = sessions.get(parentId);
  if (parent === undefined) return;
  parent.session.childCount -= 1;
  sessions.touch(parentId, true);
}

async function takeOut({ tx }: CommandContext, orgId: string, doomed: StoredSession) {
  const { environment, agentId, startedAtMs, rootSessionId } = doomed.session;
  const figures = negated(rollupFigures(doomed.session));
  await tx.addRollups(orgId, [{ environment, agentId, startedAtMs, figures }]);
  const tree = treeFigures(doomed.session);
  if (tree !== null) await tx.addTreeTotals(orgId, [{ rootSessionId, figures: negated(tree) }]);
  const days = await tx.dayCountsOf(doomed);
  const taken = days.map((day) => ({
    ...day,
    costNanoUsd: -day.costNanoUsd,
    steps: -day.steps,
  }));
  await tx.addDayTotals(orgId, taken);
}
