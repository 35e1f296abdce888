import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { unreadQuery } from '../../lib/api/unread-signals.ts';
import { formatNoun } from '../../lib/format-count.ts';
import { currentHub } from '../../lib/live/current-hub.ts';

/** A burst of signals is counted once. */
const gatherMs = 1_000;

/** The server counts no further. */
const mostCounted = 1_000;

/** How many signals the person has not read, live (G2); nothing where there are none. */
export function UnreadBadge() {
  const { data, refetch } = useQuery(unreadQuery);
  useNews(refetch);
  const unread = data?.unread ?? 0;
  if (unread === 0) return null;
  return (
    <span
      className="rounded-full bg-rust px-1.5 text-xs font-semibold text-surface max-sm:absolute max-sm:top-1 max-sm:left-1/2 max-sm:ml-1"
      title={`${formatNoun(unread, 'signal')} not read`}
    >
      <span aria-hidden="true">{unread >= mostCounted ? '999+' : unread}</span>
      <span className="sr-only">, {formatNoun(unread, 'signal')} not read</span>
    </span>
  );
}

/** Calls back soon after signals came or were missed. */
function useNews(onNews: () => unknown): void {
  const current = useRef(onNews);
  useEffect(() => {
    current.current = onNews;
  });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = () => {
      timer = undefined;
      current.current();
    };
    const stopListening = currentHub().listen((notice) => {
      const isNews =
        notice.kind === 'poll' ||
        (notice.kind === 'update' && (notice.name === 'signal' || notice.name === 'reset'));
      if (isNews) timer ??= setTimeout(tell, gatherMs);
    });
    return () => {
      clearTimeout(timer);
      stopListening();
    };
  }, []);
}
