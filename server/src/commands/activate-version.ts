import { failure, success } from '@niitaka/core/result.ts';
import type { VersionRow } from '../storage/agent-rows.ts';
import type { Command } from './command.ts';
import { writeAudit, type Acting } from './write-audit.ts';

export interface ActivateVersion extends Acting {
  readonly agentId: string;
  readonly number: number;
}

/** Makes a version the active one and archives the one before; an archived one comes back so (A3). */
export const activateVersion: Command<ActivateVersion, VersionRow> = async (context, args) => {
  const { orgId, agentId, number } = args;
  const { tx, nowMs } = context;
  await tx.lockAgent(orgId, agentId);
  const found = await tx.findVersion(orgId, agentId, number);
  if (found === null) {
    return failure('not_found', `Cannot activate version ${number}: there is none`);
  }
  if (found.state === 'active') return success(found);
  const before = await tx.findActiveVersion(orgId, agentId);
  if (before !== null) await tx.updateVersion({ ...before, state: 'archived' });
  const next: VersionRow = { ...found, state: 'active', activatedAtMs: nowMs };
  await tx.updateVersion(next);
  await tx.movePolicyRevision(orgId);
  await writeAudit(context, args, {
    action: 'activate-version',
    target: `${agentId}:${number}`,
    before: { active: before?.number ?? null },
    after: { active: number },
  });
  return success(next);
};
