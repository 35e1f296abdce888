import type { AgentVersion } from '@niitaka/protocol/agent.ts';
import { queryOptions } from '@tanstack/react-query';
import { agentFamily } from './agent-family.ts';
import { apiGet } from './api-fetch.ts';

/** The versions of an agent, newest first. */
export const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: [...agentFamily, 'versions', id],
    queryFn: ({ signal }) =>
      apiGet<{ items: AgentVersion[] }>(`/agents/${encodeURIComponent(id)}/versions`, {}, signal),
  });
