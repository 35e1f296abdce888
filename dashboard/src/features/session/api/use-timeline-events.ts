import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { useLiveSessionEvents } from '../../../lib/live/use-live-session-events.ts';
import { EventFeed, type FeedState } from './event-feed.ts';

/** A count that stays behind for this long means that something was missed. */
const CATCH_UP_AFTER_MS = 3_000;

/** The events of a session, complete after a while and live from the start. */
export function useTimelineEvents(
  sessionId: string,
  expectedCount: number,
): FeedState & { readonly retry: () => void } {
  const feed = useMemo(() => new EventFeed(sessionId), [sessionId]);
  useEffect(() => {
    feed.open();
    return () => feed.close();
  }, [feed]);
  useLiveSessionEvents(sessionId, feed.push, { positionHeld: feed.greatestPosition });
  const state = useSyncExternalStore(feed.subscribe, feed.state);
  const missing = state.complete && state.events.length < expectedCount;
  useEffect(() => {
    if (!missing) return;
    const timer = setTimeout(() => feed.catchUp(expectedCount), CATCH_UP_AFTER_MS);
    return () => clearTimeout(timer);
  }, [missing, expectedCount, feed]);
  return { ...state, retry: feed.load };
}
