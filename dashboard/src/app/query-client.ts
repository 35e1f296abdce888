import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '../lib/api/api-error.ts';
import { followReachable, serverIsReachable } from '../lib/api/reachability.ts';

const retryLimit = 2;

/** The page's cache of what the server said; only what may pass by itself is tried again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    // A browser that calls itself offline may still reach a server of its own machine; what fails, says so.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      staleTime: 15_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) =>
        failures < retryLimit && error instanceof ApiError && error.retryable,
      retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 4_000),
    },
  },
});

// What failed while the server was away is read by itself once it is back.
followReachable(() => {
  if (!serverIsReachable()) return;
  void queryClient.refetchQueries({ predicate: ({ state }) => state.status === 'error' });
});
