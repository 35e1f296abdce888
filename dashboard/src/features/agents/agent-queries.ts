import type { AgentCard, AgentDetail, AgentVersion, ChangeAgent } from '@niitaka/protocol/agent.ts';
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { agentFamily } from '../../lib/api/agent-family.ts';
import { apiGet, apiSend, type Query } from '../../lib/api/api-fetch.ts';
import { currentOf } from '../../lib/api/api-error.ts';
import { readPages } from '../../lib/api/read-pages.ts';
import { allEnvironments, defaultEnvironment } from '../../lib/url/environment.ts';
import { rangeOf } from '../../lib/url/range.ts';
import type { SearchParams } from '../../lib/url/search-params.ts';
import type { VersionContent } from './versions/version-content.ts';

/** The agents with their figures over a range; `key` names what is asked, `queryNow` says it as of the moment of reading. */
export const agentCardsQuery = (key: string, queryNow: () => Query) =>
  queryOptions({
    queryKey: [...agentFamily, 'cards', key],
    queryFn: ({ signal }) => readPages<AgentCard>('/agents', signal, queryNow()),
    placeholderData: keepPreviousData,
  });

/** One agent with its figures over time. */
export const agentQuery = (id: string, key: string, queryNow: () => Query) =>
  queryOptions({
    queryKey: [...agentFamily, 'one', id, key],
    queryFn: ({ signal }) => apiGet<AgentDetail>(pathOf(id), queryNow(), signal),
    placeholderData: keepPreviousData,
  });

/** Changes an agent's name, description or the status it is shown with. */
export function useChangeAgent(id: string) {
  return useAgentWrite((change: ChangeAgent) => apiSend<AgentDetail>('PATCH', pathOf(id), change));
}

/** A version to be stored: over the draft that was read, or as a new one. */
export interface SaveVersion {
  readonly over: Pick<AgentVersion, 'number' | 'revision'> | null;
  readonly content: VersionContent;
}

/** Makes a draft, or changes one. */
export function useSaveVersion(id: string) {
  return useAgentWrite(({ over, content }: SaveVersion) => {
    if (over === null) return apiSend<AgentVersion>('POST', `${pathOf(id)}/versions`, content);
    const change = { revision: over.revision, ...content };
    return apiSend<AgentVersion>('PATCH', `${pathOf(id)}/versions/${over.number}`, change);
  });
}

/** The draft that stands by now, when someone else was faster; null where it is no draft any more. */
export function draftConflictOf(error: unknown): AgentVersion | null {
  const current = currentOf(error) as AgentVersion | null;
  return current?.state === 'draft' ? current : null;
}

/** Makes a version the active one. */
export function useActivateVersion(id: string) {
  return useAgentWrite((number: number) =>
    apiSend<AgentVersion>('POST', `${pathOf(id)}/versions/${number}/activate`),
  );
}

/** The range and environment that a URL names, as the API takes them, as of now. */
export function rangeQueryNow(search: SearchParams): Query {
  const range = rangeOf(search, Date.now());
  const environment = search['env'] ?? defaultEnvironment;
  return {
    from: new Date(range.fromMs).toISOString(),
    to: range.toMs === null ? undefined : new Date(range.toMs).toISOString(),
    environment: environment === allEnvironments ? undefined : environment,
  };
}

function pathOf(id: string): string {
  return `/agents/${encodeURIComponent(id)}`;
}

function useAgentWrite<A, R>(write: (args: A) => Promise<R>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: write,
    onSettled: () => cache.invalidateQueries({ queryKey: agentFamily }),
  });
}
