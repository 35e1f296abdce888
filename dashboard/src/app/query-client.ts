import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '../lib/api/api-error.ts';

const retryLimit = 2;

/** The page's cache of what the server said; only what may pass by itself is tried again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) =>
        failures < retryLimit && error instanceof ApiError && error.retryable,
      retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 4_000),
    },
  },
});
