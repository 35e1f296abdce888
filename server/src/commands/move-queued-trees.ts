import { success } from '@niitaka/core/result.ts';
import type { Command } from './command.ts';
import { moveTree } from './move-tree.ts';
import { openSessionSet } from './session-set.ts';

/** Moves the next part of one tree whose root found a parent late (S9); answers whether more is queued. */
export const moveQueuedTrees: Command<null, { more: boolean }> = async (context) => {
  const [next, ...others] = await context.tx.queuedReroots(2);
  if (next === undefined) return success({ more: false });
  const { orgId, sessionId } = next;
  const sessions = openSessionSet(context, orgId);
  await sessions.load([sessionId]);
  const inner = sessions.get(sessionId)?.session;
  const isDone = inner === undefined || (await moveTree(context, orgId, sessions, inner));
  if (isDone) await context.tx.finishReroot(orgId, sessionId);
  await sessions.flush();
  return success({ more: !isDone || others.length > 0 });
};
