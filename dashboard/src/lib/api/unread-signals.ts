import type { SignalFeed, UnreadSignals } from '@niitaka/protocol/signal.ts';
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { apiGet, apiSend } from './api-fetch.ts';

/**
 * How much of the feed the person has not read, all environments together, with the newest signal (G2); `unread` is
 * null where a key is signed in.
 */
export const unreadQuery = queryOptions({
  queryKey: ['unread-signals'],
  queryFn: ({ signal }) => apiGet<SignalFeed>('/signals', { limit: 1 }, signal),
});

/** Notes that the person has read what occurred until a moment. */
export function useMarkRead() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (until: string) => apiSend<UnreadSignals>('POST', '/signals/read', { until }),
    onSuccess: (now) =>
      cache.setQueryData(unreadQuery.queryKey, (old) => old && { ...old, ...now }),
  });
}
