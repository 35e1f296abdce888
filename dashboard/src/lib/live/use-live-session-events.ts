import type { EventBrief, EventBriefPage } from '@niitaka/protocol/event.ts';
import { useEffect, useRef } from 'react';
import { apiGet } from '../api/api-fetch.ts';
import { currentHub } from './current-hub.ts';

const pollEveryMs = 2_000;
const pageSize = 500;
const pagesAtOnce = 20;

export interface LiveEventOptions {
  /** The greatest event position the page holds; reading on starts after it. */
  readonly positionHeld?: () => number;
}

/**
 * Calls back with every new or changed event of one session. While the stream is away, or follows
 * the session of another tab, events are read every 2 s. An event may come more than once.
 */
export function useLiveSessionEvents(
  sessionId: string,
  onEvent: (event: EventBrief) => void,
  options: LiveEventOptions = {},
): void {
  const current = useRef({ onEvent, options });
  useEffect(() => {
    current.current = { onEvent, options };
  });
  useEffect(() => {
    const hub = currentHub();
    const reader = eventReader(sessionId, current.current.options.positionHeld?.() ?? 0);
    const take = (event: EventBrief) => {
      reader.seen(event.position);
      current.current.onEvent(event);
    };
    const stopListening = hub.listen((notice) => {
      if (notice.kind !== 'update' || notice.name !== 'event') return;
      if (notice.data.session_id === sessionId) take(notice.data.event);
    });
    hub.follow(sessionId);
    const timer = setInterval(() => {
      const pushed = hub.status.state === 'live' && hub.status.followed === sessionId;
      if (pushed) return;
      reader.seen(current.current.options.positionHeld?.() ?? 0);
      void reader.readOn(take);
    }, pollEveryMs);
    return () => {
      clearInterval(timer);
      stopListening();
      reader.stop();
      hub.follow(null);
    };
  }, [sessionId]);
}

function eventReader(sessionId: string, start: number) {
  const abort = new AbortController();
  let after = start;
  let reading = false;

  async function readOn(take: (event: EventBrief) => void): Promise<void> {
    if (reading) return;
    reading = true;
    try {
      for (let page = 0; page < pagesAtOnce; page += 1) {
        const query = { after, limit: pageSize, content: 'none' };
        const path = `/sessions/${sessionId}/events`;
        const answer = await apiGet<EventBriefPage>(path, query, abort.signal);
        for (const event of answer.items) take(event);
        if (answer.items.length < pageSize) return;
      }
    } catch {
      // The next round tries again; the page's light already says that it is not live.
    } finally {
      reading = false;
    }
  }

  return {
    readOn,
    seen: (position: number) => {
      after = Math.max(after, position);
    },
    stop: () => abort.abort(),
  };
}
