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

const PAGE_SIZE = 500;
/** 100,000 events: more than one session's timeline can usefully hold. */
const MAX_PAGES = 200;
const PUSH_EVERY_MS = 100;
/** Every change lays out all rows anew: with this many events that is worth fewer changes. */
const MANY_EVENTS = 5_000;
const PUSH_MANY_EVERY_MS = 500;

/** All events of a session without content, page by page in time order, then as they are pushed. */
export class EventFeed {
  readonly #path: string;
  readonly #listeners = new Set<() => void>();
  #state: FeedState = { events: [], complete: false, error: null };
  #abort = new AbortController();
  #reading = false;
  #cursor: string | undefined;
  #pages = 0;
  #position = 0;
  /** Up to here nothing is missing. */
  #safePosition = 0;
  #pushed: TimelineEvent[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(sessionId: string) {
    this.#path = `/sessions/${sessionId}/events`;
  }

  /** Begins to read; after `close` it goes on where it was. */
  open(): void {
    this.#abort = new AbortController();
    this.#reading = false;
    this.load();
  }

  close(): void {
    this.#abort.abort();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  readonly state = (): FeedState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly greatestPosition = (): number => this.#position;

  /** Reads the pages that are still missing; once at a time. */
  readonly load = (): void => {
    if (!this.#state.complete) this.#read(() => this.#readPages());
  };

  /** Reads on where fewer events are known than expected: some fell between reading and following. */
  catchUp(expectedCount: number): void {
    const { complete, events } = this.#state;
    if (complete && events.length < expectedCount) this.#read(() => this.#readSince());
  }

  /** Takes an event that was pushed; several within a moment are one change. */
  readonly push = (event: EventBrief): void => {
    this.#pushed.push(toTimelineEvent(event));
    const many = this.#state.events.length > MANY_EVENTS;
    this.#timer ??= setTimeout(() => this.#flush(), many ? PUSH_MANY_EVERY_MS : PUSH_EVERY_MS);
  };

  /** One read at a time; what fails is said in the state and can be tried again. */
  #read(work: () => Promise<void>): void {
    if (this.#reading) return;
    const { signal } = this.#abort;
    this.#reading = true;
    if (this.#state.error !== null) this.#set({ error: null });
    work()
      .catch((error: unknown) => {
        if (!signal.aborted) this.#set({ error });
      })
      .finally(() => {
        if (!signal.aborted) this.#reading = false;
      });
  }

  async #readPages(): Promise<void> {
    while (!this.#state.complete) {
      const page = await this.#page({ order: 'time', cursor: this.#cursor });
      this.#pages += 1;
      this.#cursor = page.next_cursor ?? undefined;
      const complete = this.#cursor === undefined || this.#pages >= MAX_PAGES;
      this.#set({ events: this.#merge(page.items.map(toTimelineEvent)), complete });
    }
  }

  async #readSince(): Promise<void> {
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const { items } = await this.#page({ after: this.#safePosition });
      const events = this.#merge(items.map(toTimelineEvent));
      this.#safePosition = Math.max(this.#safePosition, ...items.map((item) => item.position));
      if (events !== this.#state.events) this.#set({ events });
      if (items.length < PAGE_SIZE) return;
    }
  }

  #page(query: Record<string, string | number | undefined>): Promise<EventBriefPage> {
    return apiGet(this.#path, { ...query, content: 'none', limit: PAGE_SIZE }, this.#abort.signal);
  }

  #flush(): void {
    this.#timer = undefined;
    const events = this.#merge(this.#pushed);
    this.#pushed = [];
    if (events !== this.#state.events) this.#set({ events });
  }

  #merge(arrived: readonly TimelineEvent[]): readonly TimelineEvent[] {
    for (const event of arrived) this.#position = Math.max(this.#position, event.position);
    return mergeTimelineEvents(this.#state.events, arrived);
  }

  #set(next: Partial<FeedState>): void {
    this.#state = { ...this.#state, ...next };
    for (const listener of this.#listeners) listener();
  }
}
