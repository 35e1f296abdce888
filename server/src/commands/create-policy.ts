import { failure, success } from '@niitaka/core/result.ts';
import type { PolicyContent, PolicyRow } from '../storage/policy-rows.ts';
import type { Command } from './command.ts';
import { notePolicyChange } from './note-policy-change.ts';
import type { Acting } from './write-audit.ts';

export interface CreatePolicy extends Acting {
  readonly content: PolicyContent;
}

/** How many policies one organisation keeps. */
export const policyLimit = 1000;

/** Makes a policy, at revision 1. */
export const createPolicy: Command<CreatePolicy, PolicyRow> = async (context, args) => {
  const { orgId, content } = args;
  const count = await context.tx.countPolicies(orgId);
  if (count >= policyLimit) {
    const found = `found ${count} policies, at most ${policyLimit}`;
    return failure('over_limit', `Cannot create the policy: ${found}`);
  }
  const { nowMs: createdAtMs, newId, tx } = context;
  const row: PolicyRow = { orgId, id: newId(), revision: 1, createdAtMs, content };
  await tx.insertPolicy(row);
  const change = { id: row.id, revision: 1, before: null, after: content };
  await notePolicyChange(context, args, { ...change, action: 'create-policy' });
  return success(row);
};
