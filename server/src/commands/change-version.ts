import type { VersionContent } from '@niitaka/core/agent/agent-version.ts';
import { failure, success } from '@niitaka/core/result.ts';
import type { VersionRow } from '../storage/agent-rows.ts';
import type { Command } from './command.ts';
import { staleRevision } from './stale-revision.ts';
import { writeAudit, type Acting } from './write-audit.ts';

export interface ChangeVersion extends Acting {
  readonly agentId: string;
  readonly number: number;
  /** The revision that the one who changes it has read. */
  readonly revision: number;
  /** What changes; the rest stays. */
  readonly changes: Partial<VersionContent>;
}

/** Changes a draft, a `conflict` when another revision stands by now; what was ever active stays as it is (A3). */
export const changeVersion: Command<ChangeVersion, VersionRow> = async (context, args) => {
  const { orgId, agentId, number, revision, changes } = args;
  await context.tx.lockAgent(orgId, agentId);
  const found = await context.tx.findVersion(orgId, agentId, number);
  if (found === null) return failure('not_found', `Cannot change version ${number}: there is none`);
  if (found.state !== 'draft') {
    const stands = `it is ${found.state}, and only a draft may change`;
    return failure('conflict', `Cannot change version ${number}: ${stands}`);
  }
  if (found.revision !== revision) {
    return staleRevision(`change version ${number}`, revision, found.revision);
  }
  const content = { ...found.content, ...changes };
  const next: VersionRow = { ...found, revision: revision + 1, content };
  await context.tx.updateVersion(next);
  await writeAudit(context, args, {
    action: 'change-version',
    target: `${agentId}:${number}`,
    before: found.content,
    after: next.content,
  });
  return success(next);
};
