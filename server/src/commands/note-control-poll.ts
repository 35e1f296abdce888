import { success } from '@niitaka/core/result.ts';
import { takeSignOfLife } from '@niitaka/core/session/sign-of-life.ts';
import type { Command } from './command.ts';
import { openSessionSet } from './session-set.ts';

/** Which sessions a process asked for commands of. */
export interface NoteControlPoll {
  readonly orgId: string;
  readonly sessionIds: readonly string[];
}

/** A control poll is a sign of life of every session it names (S3); unknown and done ones are passed over. */
export const noteControlPoll: Command<NoteControlPoll, null> = async (context, args) => {
  const sessions = openSessionSet(context, args.orgId);
  await sessions.load(args.sessionIds);
  for (const { session } of sessions.all()) {
    if (session.status === 'done') continue;
    const { status } = session;
    takeSignOfLife(session, context.nowMs, context.nowMs, context);
    sessions.touch(session.id, session.status !== status);
  }
  await sessions.flush();
  return success(null);
};
