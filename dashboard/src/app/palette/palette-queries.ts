import type { SessionPage, SessionRow } from '@niitaka/protocol/session.ts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { apiGet } from '../../lib/api/api-fetch.ts';

const found = 8;

/** Sessions whose goal has all words of the text; none for less than two letters. */
export function useFoundSessions(q: string): readonly SessionRow[] {
  const answer = useQuery({
    queryKey: ['palette', q],
    enabled: q.length > 1,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => apiGet<SessionPage>('/sessions', { q, limit: found }, signal),
  });
  return q.length > 1 ? (answer.data?.items ?? []) : [];
}

/** Everything of a short list, for the palette to filter. */
export function useList<T>(name: 'agents' | 'views'): readonly T[] {
  const answer = useQuery({
    queryKey: [name],
    queryFn: ({ signal }) =>
      apiGet<{ items: T[] }>(`/${name}`, name === 'agents' ? { limit: 500 } : {}, signal),
  });
  return answer.data?.items ?? [];
}
