import { failure, success } from '@niitaka/core/result.ts';
import type { RemovedRows } from '../storage/session-tx.ts';
import type { Command } from './command.ts';
import { removeSessions } from './remove-sessions.ts';
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
export const deleteSession: Command<DeleteSession, { id: string; rows: RemovedRows }> = async (
  context,
  args,
) => {
  const { orgId, sessionId } = args;
  const { sessions, rows } = await removeSessions(context, orgId, [sessionId]);
  const [deleted] = sessions;
  if (deleted === undefined) return failure('not_found', `There is no session ${sessionId}`);
  if (args.actor !== undefined) {
    const { status, startedAtMs } = deleted.session;
    // Nothing that the session said: a deletion would else keep it.
    const before = { status, startedAt: new Date(startedAtMs).toISOString() };
    const deed = { action: 'delete-session', target: sessionId, before };
    await writeAudit(context, { orgId, actor: args.actor }, deed);
  }
  return success({ id: sessionId, rows });
};
