import { isDeepStrictEqual } from 'node:util';
import { failure, success } from '@niitaka/core/result.ts';
import type { PolicyContent, PolicyRow } from '../storage/policy-rows.ts';
import type { Command, CommandContext } from './command.ts';
import { policyLimit } from './create-policy.ts';
import { notePolicyChange } from './note-policy-change.ts';
import { writeAudit, type Acting } from './write-audit.ts';

/** A policy as a file has it; without an id it is a new one. */
export interface ImportEntry {
  readonly id: string | null;
  readonly content: PolicyContent;
}

export interface ImportPolicies extends Acting {
  readonly entries: readonly ImportEntry[];
  /** The revision of all policies that the one who imports has read; null where nobody looked. */
  readonly revision: number | null;
}

/** What an import means for one policy of the file. */
export interface PlannedPolicy extends ImportEntry {
  readonly action: 'create' | 'update' | 'unchanged';
  /** The policy as it stood before; null for one that is made. */
  readonly before: PolicyRow | null;
}

/** One policy of the file and its row afterwards. */
export interface ImportedPolicy extends PlannedPolicy {
  readonly row: PolicyRow;
}

/** What each policy of a file means beside those that stand: an id that is known names the one it changes. */
export function planImport(
  standing: readonly PolicyRow[],
  entries: readonly ImportEntry[],
): PlannedPolicy[] {
  const byId = new Map(standing.map((row) => [row.id, row]));
  return entries.map((entry) => {
    const before = (entry.id === null ? undefined : byId.get(entry.id)) ?? null;
    if (before === null) return { ...entry, action: 'create', before };
    const isSame = isDeepStrictEqual(before.content, entry.content);
    return { ...entry, action: isSame ? 'unchanged' : 'update', before };
  });
}

/** Why a plan cannot be carried out; null when it can. */
export function whyNotImport(standing: number, plan: readonly PlannedPolicy[]): string | null {
  const created = plan.filter(({ action }) => action === 'create').length;
  if (standing + created <= policyLimit) return null;
  const found = `found ${standing} policies and ${created} new ones, at most ${policyLimit}`;
  return `Cannot import the policies: ${found}`;
}

/** Makes and changes policies as a file says, all or none; those it does not name stay as they are (P8). */
export const importPolicies: Command<ImportPolicies, ImportedPolicy[]> = async (context, args) => {
  const { orgId, entries, revision } = args;
  const { policies: stands } = await context.tx.snapshotRevision(orgId);
  if (revision !== null && revision !== stands) {
    const found = 'policies were changed since they were looked at';
    return failure('conflict', `Cannot import the policies: ${found}`);
  }
  const standing = await context.tx.policiesOf(orgId, policyLimit);
  const plan = planImport(standing, entries);
  const problem = whyNotImport(standing.length, plan);
  if (problem !== null) return failure('over_limit', problem);
  const imported: ImportedPolicy[] = [];
  for (const [index, planned] of plan.entries()) {
    const row = await carryOut(context, args, planned, index);
    if (row === null) {
      const found = `policy ${planned.id} was changed at the same time`;
      return failure('conflict', `Cannot import the policies: ${found}`);
    }
    imported.push({ ...planned, row });
  }
  const count = (action: string) => plan.filter((one) => one.action === action).length;
  const after = { created: count('create'), updated: count('update') };
  await writeAudit(context, args, { action: 'import-policies', target: 'policies', after });
  return success(imported);
};

async function carryOut(
  context: CommandContext,
  who: Acting,
  { action, before, id, content }: PlannedPolicy,
  index: number,
): Promise<PolicyRow | null> {
  const { tx, newId, nowMs } = context;
  const { orgId } = who;
  if (before !== null) {
    if (action === 'unchanged') return before;
    const row = { ...before, revision: before.revision + 1, content };
    if (!(await tx.updatePolicy(row, before.revision))) return null;
    const change = { id: row.id, revision: row.revision, before: before.content, after: content };
    await notePolicyChange(context, who, { ...change, action: 'change-policy' });
    return row;
  }
  const own = id ?? newId();
  // One that was deleted comes back under its next revision, for the old ones stay.
  const revision = (await tx.newestPolicyRevision(orgId, own)) + 1;
  // Of policies made at once the one that stands first in the file is the older (P3).
  const row = { orgId, id: own, revision, createdAtMs: nowMs + index, content };
  await tx.insertPolicy(row);
  const change = { id: own, revision, before: null, after: content };
  await notePolicyChange(context, who, { ...change, action: 'create-policy' });
  return row;
}
