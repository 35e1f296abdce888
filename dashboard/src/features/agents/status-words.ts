import type { AgentCard } from '@niitaka/protocol/agent.ts';

/** The statuses of agents, those that ask for somebody first (A2). */
export const agentStatuses = [
  'active',
  'error',
  'stale',
  'new',
  'idle',
  'shipped',
  'deprecated',
  'archived',
] as const satisfies readonly AgentCard['status'][];

/** Where an agent stands (A2). */
export type AgentStatus = AgentCard['status'];

/** What the pages call the statuses. */
export const statusWords: Readonly<Record<AgentStatus, string>> = {
  active: 'Active',
  error: 'Error',
  stale: 'Stale',
  new: 'New',
  idle: 'Idle',
  shipped: 'Shipped',
  deprecated: 'Deprecated',
  archived: 'Archived',
};
