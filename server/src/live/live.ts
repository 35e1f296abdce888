import { Feed } from './feed.ts';
import { renderMessage, type Topics } from './live-frame.ts';
import { isPlaceIn, parseLiveId, type LiveId } from './live-id.ts';
import type { LiveSource } from './live-source.ts';
import type { Sink, Subscriber } from './subscriber.ts';

export interface LiveParts {
  readonly source: LiveSource;
  /** Calls the listener after each commit with the organisation it concerns. */
  readonly onChange: (listener: (orgId: string) => void) => () => void;
  readonly clock: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
  /** In [0, 1): spreads the ends of streams. */
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
  readonly onSent: (messages: number, bytes: number) => void;
  /** A client came back with an id: it goes on from there, or has to read anew. */
  readonly onReturn: (how: 'resumed' | 'reset') => void;
}

export interface OpenStream {
  readonly streamId: string;
  readonly orgId: string;
  readonly owner: string;
  readonly holderId: string;
  /** How many streams its owner may have. */
  readonly limit: number;
  readonly topics: Topics;
  readonly sessionId: string | null;
  readonly lastId: string | null;
  readonly sink: Sink;
}

const tickMs = 15_000;
const slowLimitMs = 30_000;
const shortestLifeMs = 30 * 60_000;

/** The open live streams of this process. */
export class Live {
  readonly #parts: LiveParts;
  readonly #feeds = new Map<string, Feed>();
  readonly #streams = new Map<string, Subscriber>();
  readonly #byOwner = new Map<string, number>();
  readonly #unsubscribe: () => void;
  readonly #timer: NodeJS.Timeout;
  readonly #closing = new AbortController();

  constructor(parts: LiveParts) {
    this.#parts = parts;
    this.#unsubscribe = parts.onChange((orgId) => this.#feeds.get(orgId)?.wake());
    this.#timer = setInterval(() => this.#tick(), tickMs).unref();
  }

  /** Aborted once the streams are closed: whatever waits for changes ends with them. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Whether somebody has a session of this organisation open. */
  isWatched(orgId: string): boolean {
    return this.#feeds.get(orgId)?.isWatching() ?? false;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Opens a stream, or tells it that its owner has too many and ends it. */
  async open(open: OpenStream): Promise<void> {
    const { sink, owner, orgId } = open;
    sink.write('retry: 3000\n\n');
    const count = this.#byOwner.get(owner) ?? 0;
    if (count >= open.limit) {
      const detail = `At most ${open.limit} streams may be open at once: close one first`;
      const text = JSON.stringify({ limit: open.limit, detail });
      sink.write(`retry: 60000\n${renderMessage('limit', text, null)}`);
      return sink.close();
    }
    this.#byOwner.set(owner, count + 1);
    const lastId = readLastId(open.lastId);
    const subscriber: Subscriber = {
      ...open,
      closesAtMs: this.#parts.clock() + shortestLifeMs * (1 + this.#parts.random()),
      revision: 0,
      followed: null,
    };
    this.#streams.set(open.streamId, subscriber);
    try {
      await this.#follow(subscriber, open.sessionId, lastId);
      await this.#feedOf(orgId).join(subscriber, lastId);
      if (!this.#streams.has(open.streamId)) this.#feeds.get(orgId)?.leave(subscriber);
    } catch (error) {
      this.#parts.onError(error);
      sink.close();
    }
  }

  /** The client is gone, or the sink was closed. */
  closed(streamId: string): void {
    const subscriber = this.#streams.get(streamId);
    if (subscriber === undefined) return;
    this.#streams.delete(streamId);
    const feed = this.#feeds.get(subscriber.orgId);
    feed?.leave(subscriber);
    const count = (this.#byOwner.get(subscriber.owner) ?? 1) - 1;
    if (count > 0) this.#byOwner.set(subscriber.owner, count);
    else this.#byOwner.delete(subscriber.owner);
  }

  /** Turns a stream to the events of another session, or of none; false when it is not this owner's. */
  async follow(streamId: string, owner: string, sessionId: string | null): Promise<boolean> {
    const subscriber = this.#streams.get(streamId);
    if (subscriber === undefined || subscriber.owner !== owner) return false;
    await this.#follow(subscriber, sessionId, null);
    const feed = this.#feedOf(subscriber.orgId);
    feed.turned(subscriber);
    // What was stored while the position was read would else wait for the session's next change.
    await feed.sendEvents(subscriber);
    return true;
  }

  /** Says goodbye to the streams of a browser session, key or person that may not listen any more. */
  bye(holder: { readonly owner: string } | { readonly holderId: string }, reason: string): void {
    const text = JSON.stringify({ reason });
    for (const subscriber of this.#streams.values()) {
      const ends =
        'owner' in holder
          ? subscriber.owner === holder.owner
          : subscriber.holderId === holder.holderId;
      if (!ends) continue;
      subscriber.sink.write(renderMessage('bye', text, null));
      subscriber.sink.close();
    }
  }

  /** Ends every stream; clients come back by themselves and resume. */
  close(): void {
    clearInterval(this.#timer);
    this.#closing.abort();
    this.#unsubscribe();
    for (const subscriber of this.#streams.values()) subscriber.sink.close();
  }

  async #follow(
    subscriber: Subscriber,
    sessionId: string | null,
    lastId: LiveId | null | 'unreadable',
  ): Promise<void> {
    if (sessionId === null) {
      subscriber.followed = null;
      return;
    }
    const place = lastId !== null && lastId !== 'unreadable' ? lastId.place : null;
    const position = isPlaceIn(place, sessionId)
      ? place.position
      : await this.#parts.source.position(subscriber.orgId, sessionId);
    subscriber.followed = { sessionId, position, reading: false, wanted: false };
  }

  #feedOf(orgId: string): Feed {
    let feed = this.#feeds.get(orgId);
    if (feed === undefined) {
      feed = new Feed({ ...this.#parts, orgId });
      this.#feeds.set(orgId, feed);
    }
    return feed;
  }

  #tick(): void {
    const nowMs = this.#parts.clock();
    for (const { sink, closesAtMs } of this.#streams.values()) {
      const slowSince = sink.slowSinceMs();
      const isSlow = slowSince !== null && nowMs - slowSince >= slowLimitMs;
      if (isSlow || nowMs >= closesAtMs) sink.close();
      else sink.write(':\n\n');
    }
    // A wake-up that was lost costs at most one tick.
    for (const feed of this.#feeds.values()) feed.wake();
  }
}

function readLastId(text: string | null): LiveId | null | 'unreadable' {
  return text === null ? null : (parseLiveId(text) ?? 'unreadable');
}
