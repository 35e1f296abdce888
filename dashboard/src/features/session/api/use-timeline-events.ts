import { useEffect, useState, useSyncExternalStore } from 'react';
import { useLiveSessionEvents } from '../../../lib/live/use-live-session-events.ts';
import { createEventFeed, type EventFeed, type FeedState } from './event-feed.ts';

const nothing: FeedState = { events: [], complete: false, error: null };

/** A count that stays behind for this long means that something was missed. */
const CATCH_UP_AFTER_MS = 3_000;

/** The events of a session, complete after a while and live from the start. */
export function useTimelineEvents(
  sessionId: string,
  expectedCount: number,
): FeedState & { readonly retry: () => void } {
  const [feed, setFeed] = useState<EventFeed | null>(null);
  useEffect(() => {
    const opened = createEventFeed(sessionId);
    opened.load();
    setFeed(opened);
    return () => opened.close();
  }, [sessionId]);
  useLiveSessionEvents(sessionId, (event) => feed?.push(event), {
    positionHeld: () => feed?.greatestPosition() ?? 0,
  });
  const state = useSyncExternalStore(
    feed?.subscribe ?? subscribeNothing,
    feed?.state ?? readNothing,
  );
  const missing = state.complete && state.events.length < expectedCount;
  useEffect(() => {
    if (!missing) return;
    const timer = setTimeout(() => feed?.catchUp(), CATCH_UP_AFTER_MS);
    return () => clearTimeout(timer);
  }, [missing, expectedCount, feed]);
  return { ...state, retry: () => feed?.load() };
}

function subscribeNothing(): () => void {
  return () => {};
}

function readNothing(): FeedState {
  return nothing;
}
