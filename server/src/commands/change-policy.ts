import { failure, success } from '@niitaka/core/result.ts';
import type { PolicyContent, PolicyRow } from '../storage/policy-rows.ts';
import type { Command } from './command.ts';
import { notePolicyChange } from './note-policy-change.ts';
import { staleRevision } from './stale-revision.ts';
import type { Acting } from './write-audit.ts';

export interface ChangePolicy extends Acting {
  readonly id: string;
  /** The revision that the one who changes it has read. */
  readonly revision: number;
  readonly content: PolicyContent;
}

/** Gives a policy new content under the next revision; a `conflict` when another revision stands by now (P1). */
export const changePolicy: Command<ChangePolicy, PolicyRow> = async (context, args) => {
  const { orgId, id, revision, content } = args;
  const found = await context.tx.findPolicy(orgId, id);
  if (found === null) return failure('not_found', `Cannot change policy ${id}: there is none`);
  const next: PolicyRow = { ...found, revision: revision + 1, content };
  if (found.revision !== revision || !(await context.tx.updatePolicy(next, revision))) {
    return staleRevision(`change policy ${id}`, revision, found.revision);
  }
  const change = { id, revision: next.revision, before: found.content, after: content };
  await notePolicyChange(context, args, { ...change, action: 'change-policy' });
  return success(next);
};
