import { failure, success } from '@niitaka/core/result.ts';
import type { RemovedRows } from '../storage/session-tx.ts';
import type { Command } from './command.ts';
import { removeSessions } from './remove-sessions.ts';
import { writeAudit } from './write-audit.ts';

/** Sessions removed in one transaction; the next run takes the rest. */
export const deleteAgentLimit = 500;

/** Which agent to remove, and on whose word. */
export interface DeleteAgent {
  readonly orgId: string;
  readonly agentId: string;
  readonly actor: string;
}

/** What one run removed. */
export interface AgentRemoval {
  readonly sessionIds: readonly string[];
  readonly rows: RemovedRows;
  /** Sessions are left, and with them the agent: run again. */
  readonly more: boolean;
}

/** Removes an agent with all its sessions, some at a time; its policies stay, as nothing was run by them. */
export const deleteAgent: Command<DeleteAgent, AgentRemoval> = async (context, args) => {
  const { orgId, agentId, actor } = args;
  const { tx } = context;
  const ids = await tx.sessionIdsOfAgent(orgId, agentId, deleteAgentLimit);
  if (ids === null) return failure('not_found', `There is no agent ${JSON.stringify(agentId)}`);
  const { sessions, rows } = await removeSessions(context, orgId, ids);
  const sessionIds = sessions.map(({ session }) => session.id);
  if (ids.length === deleteAgentLimit) return success({ sessionIds, rows, more: true });
  const ofAgent = await tx.deleteAgent(orgId, agentId);
  // Its guardrails are gone with its versions: whoever keeps them shall read anew.
  await tx.movePolicyRevision(orgId);
  await writeAudit(context, { orgId, actor }, { action: 'delete-agent', target: agentId });
  return success({ sessionIds, rows: { ...rows, ...ofAgent }, more: false });
};
