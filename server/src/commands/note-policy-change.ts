import type { PolicyContent } from '../storage/policy-rows.ts';
import type { CommandContext } from './command.ts';
import { writeAudit, type Acting } from './write-audit.ts';

/** A policy's content before and after, null where there is none. */
export interface PolicyChange {
  readonly action: 'create-policy' | 'change-policy' | 'delete-policy';
  readonly id: string;
  readonly revision: number;
  readonly before: PolicyContent | null;
  readonly after: PolicyContent | null;
}

/** Keeps the revision and the audit row of a change, and moves what tells snapshots apart. */
export async function notePolicyChange(
  context: CommandContext,
  who: Acting,
  { action, id, revision, before, after }: PolicyChange,
): Promise<void> {
  const { orgId, actor: author } = who;
  const row = { orgId, policyId: id, revision, author, atMs: context.nowMs, content: after };
  await context.tx.insertPolicyRevision(row);
  await context.tx.movePolicyRevision(orgId);
  await writeAudit(context, who, {
    action,
    target: id,
    ...(before === null ? {} : { before }),
    ...(after === null ? {} : { after }),
  });
}
