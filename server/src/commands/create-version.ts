import type { VersionContent } from '@niitaka/core/agent/agent-version.ts';
import { failure, success } from '@niitaka/core/result.ts';
import type { VersionRow } from '../storage/agent-rows.ts';
import type { Command } from './command.ts';
import { writeAudit, type Acting } from './write-audit.ts';

export interface CreateVersion extends Acting {
  readonly agentId: string;
  readonly content: VersionContent;
}

/** How many versions one agent keeps. */
export const versionLimit = 1_000;

/** Makes a draft of an agent under its next number (A3). */
export const createVersion: Command<CreateVersion, VersionRow> = async (context, args) => {
  const { orgId, agentId, content, actor: author } = args;
  const { tx, nowMs } = context;
  if ((await tx.lockAgent(orgId, agentId)) === null) {
    const named = JSON.stringify(agentId.slice(0, 200));
    return failure(
      'not_found',
      `Cannot create a version of agent ${named}: there is no such agent`,
    );
  }
  const last = await tx.lastVersion(orgId, agentId);
  if (last >= versionLimit) {
    const found = `found ${last} versions, at most ${versionLimit}`;
    return failure('over_limit', `Cannot create the version: ${found}`);
  }
  const number = last + 1;
  const made = { author, createdAtMs: nowMs, activatedAtMs: null, revision: 1 };
  const row: VersionRow = { orgId, agentId, number, state: 'draft', content, ...made };
  await tx.insertVersion(row);
  const target = `${agentId}:${number}`;
  await writeAudit(context, args, { action: 'create-version', target, after: content });
  return success(row);
};
