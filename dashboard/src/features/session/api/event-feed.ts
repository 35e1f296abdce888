import type { EventBrief, EventBriefPage } from '@niitaka/protocol/event.ts';
import { apiGet } from '../../../lib/api/api-fetch.ts';
import { mergeTimelineEvents } from '../timeline/merge-timeline-events.ts';
import { toTimelineEvent, type TimelineEvent } from '../timeline/timeline-event.ts';

/** What is known of a session's events so far. */
export interface FeedState {
  readonly events: readonly TimelineEvent[];
  /** false until the last page has come. */
  readonly complete: boolean;
  readonly error: unknown;
}

export interface EventFeed {
  readonly state: () => FeedState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Begins to read; what it returns stops it. */
  readonly open: () => () => void;
  /** Reads the pages that are still missing; once at a time. */
  readonly load: () => void;
  /** Takes an event that was pushed; several within a moment are one change. */
  readonly push: (event: EventBrief) => void;
  /** Reads on where fewer events are known than expected: some fell between reading and following. */
  readonly catchUp: (expectedCount: number) => void;
  readonly greatestPosition: () => number;
}

const PAGE_SIZE = 500;
/** 100,000 events: more than one session's timeline can usefully hold. */
const MAX_PAGES = 200;
const PUSH_EVERY_MS = 100;

/** All events of a session without content, page by page in time order, then as they are pushed. */
export function createEventFeed(sessionId: string): EventFeed {
  let abort = new AbortController();
  const listeners = new Set<() => void>();
  let state: FeedState = { events: [], complete: false, error: null };
  let position = 0;
  /** Up to here nothing is missing. */
  let safePosition = 0;
  let cursor: string | undefined;
  let pages = 0;
  let loading = false;
  let pushed: TimelineEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function set(next: Partial<FeedState>): void {
    state = { ...state, ...next };
    for (const listener of listeners) listener();
  }

  function merge(arrived: readonly TimelineEvent[]): readonly TimelineEvent[] {
    for (const event of arrived) position = Math.max(position, event.position);
    return mergeTimelineEvents(state.events, arrived);
  }

  async function readPages(): Promise<void> {
    while (!state.complete) {
      const query = { order: 'time', content: 'none', limit: PAGE_SIZE, cursor };
      const path = `/sessions/${sessionId}/events`;
      const page = await apiGet<EventBriefPage>(path, query, abort.signal);
      pages += 1;
      cursor = page.next_cursor ?? undefined;
      const complete = cursor === undefined || pages >= MAX_PAGES;
      set({ events: merge(page.items.map(toTimelineEvent)), complete });
    }
  }

  async function readSince(): Promise<void> {
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const query = { after: safePosition, content: 'none', limit: PAGE_SIZE };
      const path = `/sessions/${sessionId}/events`;
      const { items } = await apiGet<EventBriefPage>(path, query, abort.signal);
      const events = merge(items.map(toTimelineEvent));
      safePosition = Math.max(safePosition, ...items.map((item) => item.position));
      if (events !== state.events) set({ events });
      if (items.length < PAGE_SIZE) return;
    }
  }

  /** One read at a time; what fails is said in the state and can be tried again. */
  function read(work: () => Promise<void>): void {
    if (loading) return;
    const { signal } = abort;
    loading = true;
    if (state.error !== null) set({ error: null });
    work()
      .catch((error: unknown) => {
        if (!signal.aborted) set({ error });
      })
      .finally(() => {
        if (!signal.aborted) loading = false;
      });
  }

  function load(): void {
    if (!state.complete) read(readPages);
  }

  function flush(): void {
    timer = undefined;
    const events = merge(pushed);
    pushed = [];
    if (events !== state.events) set({ events });
  }

  return {
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    open: () => {
      const own = new AbortController();
      abort = own;
      loading = false;
      load();
      return () => {
        own.abort();
        clearTimeout(timer);
        timer = undefined;
      };
    },
    load,
    catchUp: (expectedCount) => {
      if (state.complete && state.events.length < expectedCount) read(readSince);
    },
    push: (event) => {
      pushed.push(toTimelineEvent(event));
      timer ??= setTimeout(flush, PUSH_EVERY_MS);
    },
    greatestPosition: () => position,
  };
}
