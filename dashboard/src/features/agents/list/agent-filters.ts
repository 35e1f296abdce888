import type { SearchParams } from '../../../lib/url/search-params.ts';
import { agentStatuses, type AgentStatus } from '../status-words.ts';
import { isAgentSort, type AgentSort } from './sort-agents.ts';

/** What the list of agents is narrowed to, and its order. */
export interface AgentFilters {
  readonly q: string;
  readonly status: AgentStatus | null;
  readonly sort: AgentSort;
  readonly archived: boolean;
}

/** The filters that a URL names; what cannot be understood counts as absent. */
export function agentFiltersOf(search: SearchParams): AgentFilters {
  const status = agentStatuses.find((one) => one === search['status']) ?? null;
  const sort = search['sort'];
  return {
    q: search['q'] ?? '',
    status,
    sort: isAgentSort(sort) ? sort : 'last_active',
    archived: search['archived'] === 'yes' || status === 'archived',
  };
}

/** What is asked of one agent by the filters. */
export interface FilteredAgent {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly status: AgentStatus;
}

/** The agents with all words of the text in their id, name or description. */
export function agentsWithWords<A extends FilteredAgent>(agents: readonly A[], q: string): A[] {
  const words = q
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return agents.filter(({ id, name, description }) => {
    const text = `${id} ${name} ${description ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** How many agents have each status, in the order of the statuses; those that none has are left out. */
export function countStatuses(agents: readonly FilteredAgent[]): [AgentStatus, number][] {
  return agentStatuses
    .map((status): [AgentStatus, number] => [
      status,
      agents.filter((agent) => agent.status === status).length,
    ])
    .filter(([, count]) => count > 0);
}
