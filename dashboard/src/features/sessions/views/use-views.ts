import type { View } from '@niitaka/protocol/access.ts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { apiGet, apiSend } from '../../../lib/api/api-fetch.ts';

/** The kept views; how to keep the given query under a name, and how to delete one. */
export function useViews(query: string) {
  const cache = useQueryClient();
  const views = useQuery({
    queryKey: ['views'],
    queryFn: ({ signal }) => apiGet<{ items: View[] }>('/views', {}, signal),
  });
  const again = () => cache.invalidateQueries({ queryKey: ['views'] });
  const keep = useMutation({
    mutationFn: (name: string) => apiSend('POST', '/views', { name, page: 'sessions', query }),
    onSuccess: again,
  });
  const remove = useMutation({
    mutationFn: (id: string) => apiSend('DELETE', `/views/${id}`),
    onSuccess: again,
  });
  const failure = keep.error ?? remove.error ?? views.error;
  return { views, keep, remove, failure };
}
