import type { Identity } from '@niitaka/protocol/access.ts';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { apiGet } from './api-fetch.ts';

/** Who is signed in, as one query for the whole page. */
export const identityQuery = queryOptions({
  queryKey: ['identity'],
  queryFn: ({ signal }) => apiGet<Identity>('/session', {}, signal),
  staleTime: 60_000,
});

/** Who is signed in; undefined while it is read. */
export function useIdentity(): Identity | undefined {
  return useQuery(identityQuery).data;
}
