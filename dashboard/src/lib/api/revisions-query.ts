import type { PolicyRevision } from '@niitaka/protocol/policy.ts';
import { queryOptions } from '@tanstack/react-query';
import { apiGet } from './api-fetch.ts';
import { policiesQuery } from './policies-query.ts';

/** What a policy was, newest first. */
export const revisionsQuery = (id: string) =>
  queryOptions({
    queryKey: [...policiesQuery.queryKey, id, 'revisions'],
    queryFn: ({ signal }) =>
      apiGet<{ items: PolicyRevision[] }>(
        `/policies/${encodeURIComponent(id)}/revisions`,
        {},
        signal,
      ),
  });
