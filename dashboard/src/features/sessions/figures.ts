import type { SessionHistogram, SessionStats } from '@niitaka/protocol/session.ts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { apiGet, type Query } from '../../lib/api/api-fetch.ts';
import { useReread } from '../../lib/live/use-reread.ts';

const rereadEveryMs = 2_000;
const family = 'session-figures';

/** The tiles of a list; `queryNow` gives its query as of the moment of reading. */
export function useSessionStats(key: string, queryNow: () => Query) {
  return useQuery({
    queryKey: [family, 'stats', key],
    queryFn: ({ signal }) => apiGet<SessionStats>('/sessions/stats', queryNow(), signal),
    placeholderData: keepPreviousData,
  });
}

/** The bars of a list. */
export function useSessionHistogram(key: string, queryNow: () => Query) {
  return useQuery({
    queryKey: [family, 'histogram', key],
    queryFn: ({ signal }) => apiGet<SessionHistogram>('/sessions/histogram', queryNow(), signal),
    placeholderData: keepPreviousData,
  });
}

/** Reads tiles and bars again while changes come, at most every 2 s. */
export function useLiveFigures(): void {
  useReread([family], rereadEveryMs);
}
