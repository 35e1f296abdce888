import { failure, success } from '@niitaka/core/result.ts';
import type { AgentEdits } from '../storage/agent-rows.ts';
import type { Command } from './command.ts';
import { writeAudit, type Acting } from './write-audit.ts';

export interface ChangeAgent extends Acting {
  readonly id: string;
  /** What changes; the rest stays. */
  readonly changes: {
    readonly name?: string | undefined;
    readonly description?: string | null | undefined;
    readonly statusOverride?: AgentEdits['statusOverride'] | undefined;
  };
}

/** Changes what people say of an agent: its name, its description, the status that is shown (A1, A2). */
export const changeAgent: Command<ChangeAgent, AgentEdits> = async (context, args) => {
  const { orgId, id, changes } = args;
  const before = await context.tx.lockAgent(orgId, id);
  if (before === null)
    return failure('not_found', `Cannot change agent ${quote(id)}: there is none`);
  const after: AgentEdits = {
    id,
    name: changes.name ?? before.name,
    description: changes.description === undefined ? before.description : changes.description,
    statusOverride:
      changes.statusOverride === undefined ? before.statusOverride : changes.statusOverride,
  };
  await context.tx.updateAgent(orgId, after);
  await writeAudit(context, args, { action: 'change-agent', target: id, before, after });
  return success(after);
};

function quote(id: string): string {
  return JSON.stringify(id.slice(0, 200));
}
