import { buildFrames } from './build-frames.ts';
import { sharedEventPages, writeEvents, type EventPages } from './follow-events.ts';
import { renderFrames, renderMessage, type Frame, type Topics } from './live-frame.ts';
import { isPlaceIn, placeIn, type LiveId, type LivePlace } from './live-id.ts';
import type { LiveSource } from './live-source.ts';
import type { Subscriber } from './subscriber.ts';

export interface FeedParts {
  readonly orgId: string;
  readonly source: LiveSource;
  readonly clock: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
  readonly onError: (error: unknown) => void;
  readonly onSent: (messages: number, bytes: number) => void;
  readonly onReturn: (how: 'resumed' | 'reset') => void;
}

const flushEveryMs = 25;
const afterErrorMs = 1_000;
const changesPerFlush = 200;
/** More changes than this are not replayed: the page reloads its lists. */
const replayLimit = 5_000;
const keptMs = 24 * 3_600_000;

/** The changes of one organisation: read once after each wake-up, written to every stream. */
export class Feed {
  readonly #parts: FeedParts;
  readonly #pages: EventPages;
  readonly #members = new Set<Subscriber>();
  #ready: Promise<void> | null = null;
  #revision = 0;
  #dirty = false;
  #running = false;

  constructor(parts: FeedParts) {
    this.#parts = parts;
    this.#pages = sharedEventPages(parts.source, parts.orgId);
  }

  get size(): number {
    return this.#members.size;
  }

  /** Whether one of its streams follows a session. */
  isWatching(): boolean {
    for (const { followed } of this.#members) if (followed !== null) return true;
    return false;
  }

  /** Something was committed: flushes at once, then at most every 25 ms. */
  wake(): void {
    this.#dirty = true;
    if (!this.#running && this.#members.size > 0) void this.#run();
  }

  /** Says hello, replays what came after the id, and goes on live without a hole. */
  async join(subscriber: Subscriber, lastId: LiveId | null | 'unreadable'): Promise<void> {
    const { source, orgId } = this.#parts;
    await this.#begin();
    const newest = await source.revision(orgId);
    subscriber.revision = newest;
    if (lastId === null) {
      this.#greet(subscriber, newest, this.#idOf(subscriber));
    } else {
      this.#greet(subscriber, newest, null);
      await this.#replay(subscriber, lastId, newest);
    }
    await this.#enter(subscriber);
    await this.sendEvents(subscriber);
    this.wake();
  }

  /** Says where the stream stands, now that it follows another session: what it resumes from. */
  turned(subscriber: Subscriber): void {
    this.#greet(subscriber, subscriber.revision, this.#idOf(subscriber));
  }

  /** Sends the events that the followed session has beyond the stream's position. */
  async sendEvents(subscriber: Subscriber): Promise<void> {
    const count = await writeEvents(subscriber, this.#pages, this.#parts.clock);
    this.#parts.onSent(count, 0);
  }

  leave(subscriber: Subscriber): void {
    this.#members.delete(subscriber);
  }

  /** Reads where to begin, once; a read that fails is tried again by the next to join. */
  #begin(): Promise<void> {
    const { source, orgId } = this.#parts;
    this.#ready ??= source.revision(orgId).then(
      (revision) => {
        this.#revision = revision;
      },
      (error: unknown) => {
        this.#ready = null;
        throw error;
      },
    );
    return this.#ready;
  }

  #greet({ sink, streamId }: Subscriber, revision: number, id: LiveId | null): void {
    const hello = JSON.stringify({ revision, stream_id: streamId });
    sink.write(renderMessage('hello', hello, id));
  }

  async #replay(
    subscriber: Subscriber,
    lastId: LiveId | 'unreadable',
    newest: number,
  ): Promise<void> {
    const { source, orgId, clock } = this.#parts;
    const known =
      lastId !== 'unreadable' &&
      lastId.revision <= newest &&
      lastId.sentAtMs > clock() - keptMs &&
      isPlaceOf(subscriber, lastId.place);
    const changes = known
      ? await source.changesSince(orgId, lastId.revision, replayLimit + 1)
      : null;
    if (changes === null || changes.length > replayLimit) {
      const text = JSON.stringify({ revision: newest });
      this.#parts.onReturn('reset');
      subscriber.sink.write(renderMessage('reset', text, this.#idOf(subscriber)));
      return;
    }
    if (known) subscriber.revision = lastId.revision;
    this.#parts.onReturn('resumed');
  }

  /** Reads on until nothing that the feed has sent is missing, then becomes a member. */
  async #enter(subscriber: Subscriber): Promise<void> {
    const { source, orgId, clock } = this.#parts;
    for (;;) {
      const target = this.#revision;
      const changes = await source.changesSince(orgId, subscriber.revision, changesPerFlush);
      const frames = await buildFrames(source, orgId, changes);
      const last = changes.at(-1);
      if (last !== undefined) {
        const at = { place: placeIn(subscriber.followed), sentAtMs: clock() };
        this.#write(subscriber, renderFrames(frames, subscriber.topics, at), frames.length);
        subscriber.revision = last.revision;
        if (!(await subscriber.sink.drained())) return;
      }
      if (changes.length === changesPerFlush) continue;
      subscriber.revision = Math.max(subscriber.revision, target);
      // INVARIANT: nothing is awaited between this look and joining, so that no flush falls between.
      if (subscriber.revision >= this.#revision) break;
    }
    this.#members.add(subscriber);
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#dirty && this.#members.size > 0) {
      this.#dirty = false;
      try {
        await this.#flush();
        await this.#parts.pause(flushEveryMs);
      } catch (error) {
        this.#parts.onError(error);
        this.#dirty = true;
        await this.#parts.pause(afterErrorMs);
      }
    }
    this.#running = false;
    if (this.#dirty && this.#members.size > 0) void this.#run();
  }

  async #flush(): Promise<void> {
    const { source, orgId } = this.#parts;
    for (;;) {
      const changes = await source.changesSince(orgId, this.#revision, changesPerFlush);
      const last = changes.at(-1);
      if (last === undefined) return;
      const frames = await buildFrames(source, orgId, changes);
      this.#deliver(frames, last.revision);
      this.#revision = last.revision;
      const touched = new Set(changes.map((change) => change.id));
      this.#deliverEvents(touched);
      if (changes.length < changesPerFlush) return;
    }
  }

  /** Streams that want the same get the same bytes, rendered once. */
  #deliver(frames: readonly Frame[], revision: number): void {
    const sentAtMs = this.#parts.clock();
    const rendered = new Map<string, { bytes: Buffer; count: number }>();
    for (const subscriber of this.#members) {
      // A stream that entered meanwhile has seen these, or the first of them, already.
      const { revision: seen } = subscriber;
      if (seen >= revision) continue;
      const place = placeIn(subscriber.followed);
      const name = `${topicsName(subscriber.topics)}${place?.session ?? ''}.${place?.position ?? ''}.${seen}`;
      let same = rendered.get(name);
      if (same === undefined) {
        const news = frames.filter((frame) => frame.revision > seen);
        const text = renderFrames(news, subscriber.topics, { place, sentAtMs });
        same = { bytes: Buffer.from(text), count: text === '' ? 0 : news.length };
        rendered.set(name, same);
      }
      this.#write(subscriber, same.bytes, same.count);
      subscriber.revision = revision;
    }
  }

  /** Each follower reads at its own pace: a slow one holds up nobody. */
  #deliverEvents(touched: ReadonlySet<string>): void {
    for (const member of this.#members) {
      if (member.followed === null || !touched.has(member.followed.sessionId)) continue;
      this.sendEvents(member).catch(this.#parts.onError);
    }
  }

  #write(subscriber: Subscriber, data: string | Buffer, messages: number): void {
    if (data.length === 0) return;
    subscriber.sink.write(data);
    this.#parts.onSent(messages, data.length);
  }

  #idOf({ revision, followed }: Subscriber): LiveId {
    return { revision, place: placeIn(followed), sentAtMs: this.#parts.clock() };
  }
}

/** A place in another session than the one followed says nothing of what was sent. */
function isPlaceOf({ followed }: Subscriber, place: LivePlace | null): boolean {
  return followed === null || place === null || isPlaceIn(place, followed.sessionId);
}

function topicsName({ sessions, signals }: Topics): string {
  return `${sessions ? 's' : ''}${signals ? 'g' : ''}.`;
}
