import { failure, success } from '@niitaka/core/result.ts';
import type { PolicyRow } from '../storage/policy-rows.ts';
import type { Command } from './command.ts';
import { notePolicyChange } from './note-policy-change.ts';
import { staleRevision } from './stale-revision.ts';
import type { Acting } from './write-audit.ts';

export interface DeletePolicy extends Acting {
  readonly id: string;
  /** The revision that the one who deletes it has read; null deletes whichever stands. */
  readonly revision: number | null;
}

/** Removes a policy, a `conflict` when another revision stands than was read; its revisions stay readable, the last says that it was deleted (P1). */
export const deletePolicy: Command<DeletePolicy, PolicyRow> = async (context, args) => {
  const { orgId, id, revision } = args;
  const found = await context.tx.findPolicy(orgId, id);
  if (found === null) return failure('not_found', `Cannot delete policy ${id}: there is none`);
  if (revision !== null && found.revision !== revision) {
    return staleRevision(`delete policy ${id}`, revision, found.revision);
  }
  if (!(await context.tx.deletePolicy(orgId, id, found.revision))) {
    return failure('conflict', `Cannot delete policy ${id}: it was changed at the same time`);
  }
  const change = { id, revision: found.revision + 1, before: found.content, after: null };
  await notePolicyChange(context, args, { ...change, action: 'delete-policy' });
  return success(found);
};
