import type { ListedPolicy } from '@niitaka/protocol/policy.ts';
import { queryOptions } from '@tanstack/react-query';
import { apiGet } from './api-fetch.ts';

/** Every policy, in the order in which they are asked. */
export const policiesQuery = queryOptions({
  queryKey: ['policies'],
  queryFn: ({ signal }) => apiGet<{ items: ListedPolicy[] }>('/policies', {}, signal),
  refetchOnWindowFocus: true,
});
