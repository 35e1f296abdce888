import type { Agent } from '@niitaka/protocol/access.ts';
import { apiGet } from './api-fetch.ts';

/** Agents offered for a choice at most. */
const offeredAgents = 500;

/** The agents to choose from; of a range that holds nothing, so that no figures are summed for it. */
export async function agentNames(signal: AbortSignal): Promise<{ items: Agent[] }> {
  const from = new Date().toISOString();
  return apiGet<{ items: Agent[] }>('/agents', { limit: offeredAgents, from }, signal);
}
