import type { SignalPage } from '@niitaka/protocol/signal.ts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { apiGet, type Query } from '../../lib/api/api-fetch.ts';
import { mergeNewest, sortSignals } from './merge-newest.ts';
import { useNewest } from './use-newest.ts';

const pageSize = 100;
const nothing: SignalPage['items'] = [];

/**
 * The signals that match, newest first, page by page and live. What comes while `mayShow` says no waits,
 * so that nothing moves under the reader.
 */
export function useSignalFeed(query: Query, mayShow: () => boolean) {
  const [fresh, setFresh] = useState(nothing);
  const [waiting, setWaiting] = useState(nothing);
  const pages = useInfiniteQuery({
    queryKey: ['signals', query],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => readPage(query, pageParam, signal),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    gcTime: 0,
  });
  const { data, refetch } = pages;
  const stored = useMemo(() => data?.pages.flatMap((page) => page.items), [data]);
  const items = useMemo(
    () => (stored === undefined ? undefined : sortSignals([...fresh, ...stored])),
    [fresh, stored],
  );
  const take = useCallback(
    (page: SignalPage) => {
      const held = [...(items ?? []), ...waiting];
      const newest = mergeNewest(new Set(held.map(({ id }) => id)), page);
      if (newest.gap) void refetch();
      else if (newest.fresh.length === 0) return;
      else if (mayShow()) setFresh((old) => [...newest.fresh, ...old]);
      else setWaiting((old) => [...newest.fresh, ...old]);
    },
    [items, waiting, mayShow, refetch],
  );
  useNewest(
    useCallback((signal) => readPage(query, undefined, signal), [query]),
    take,
  );
  const showWaiting = () => {
    setFresh((old) => [...waiting, ...old]);
    setWaiting(nothing);
  };
  return {
    pages,
    items,
    waiting: waiting.length,
    showWaiting,
    isFresh: (id: string) => fresh.some((one) => one.id === id),
  };
}

function readPage(query: Query, cursor: string | undefined, signal: AbortSignal) {
  return apiGet<SignalPage>('/signals', { ...query, limit: pageSize, cursor }, signal);
}
