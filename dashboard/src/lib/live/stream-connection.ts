import type { LiveMessage } from '@niitaka/protocol/live.ts';
import { apiSend, apiUrl } from '../api/api-fetch.ts';
import type { LiveName, LiveNotice, LiveState, LiveUpdate } from './live-notice.ts';
import { reconnectDelayMs } from './reconnect-delay.ts';

const quietMeansLiveMs = 700;
const failuresBeforePolling = 3;
const pollEveryMs = 5_000;
const limitPauseMs = 60_000;
const names: readonly LiveName[] = ['session', 'signal', 'deleted', 'event', 'reset', 'bye'];

export interface StreamOptions {
  readonly onNotice: (notice: LiveNotice) => void;
  readonly lastId: string;
  readonly followed?: string | null;
  readonly open?: (url: string) => EventSource;
}

/** The one stream of a browser: resumes where it was cut, polls while it cannot be had. */
export class StreamConnection {
  readonly #onNotice: (notice: LiveNotice) => void;
  readonly #open: (url: string) => EventSource;
  #source: EventSource | undefined;
  #streamId: string | undefined;
  #followed: string | null;
  /** The session the server was told of. */
  #told: string | null = null;
  #lastId: string;
  #state: LiveState = 'catching-up';
  #failures = 0;
  #closed = false;
  #reconnectTimer: ReturnType<typeof setTimeout> | undefined;
  #quietTimer: ReturnType<typeof setTimeout> | undefined;
  #pollTimer: ReturnType<typeof setInterval> | undefined;

  constructor(options: StreamOptions) {
    this.#onNotice = options.onNotice;
    this.#open = options.open ?? ((url) => new EventSource(url));
    this.#lastId = options.lastId;
    this.#followed = options.followed ?? null;
    this.#connect();
  }

  /** Says again how the stream stands, for a tab that has just come. */
  report(): void {
    this.#onNotice({
      kind: 'status',
      state: this.#state,
      followed: this.#followed,
      lastId: this.#lastId,
    });
  }

  /** Follows the events of one session, or of none; without a new stream where it can be helped. */
  follow(sessionId: string | null): void {
    if (this.#followed === sessionId) return;
    this.#followed = sessionId;
    this.report();
    this.#tellFollowed();
  }

  /** Begins anew where it stands: the network changed, and an old connection may be dead without a word. */
  renew(): void {
    if (this.#closed) return;
    this.#setState('catching-up');
    this.#reconnect(0);
  }

  close(): void {
    this.#closed = true;
    this.#drop();
    clearTimeout(this.#reconnectTimer);
    clearInterval(this.#pollTimer);
  }

  /** Tells the server what to follow, once it has said which stream this is. */
  #tellFollowed(): void {
    if (this.#streamId === undefined || this.#told === this.#followed) return;
    this.#told = this.#followed;
    const body = { session_id: this.#followed };
    apiSend('PATCH', `/stream/${this.#streamId}`, body).catch(() => this.#startAfresh());
  }

  /** The id may name a place in another session: begins without it, and lets the pages read again. */
  #startAfresh(): void {
    this.#lastId = '';
    this.#onNotice({ kind: 'poll' });
    this.#reconnect(0);
  }

  #connect(): void {
    this.#told = this.#followed;
    const source = this.#open(
      apiUrl('/stream', {
        topics: 'sessions,signals',
        session_id: this.#followed ?? undefined,
        last_event_id: this.#lastId === '' ? undefined : this.#lastId,
      }),
    );
    this.#source = source;
    source.addEventListener('open', () => this.#awaitQuiet());
    source.addEventListener('error', () => this.#onCut());
    source.addEventListener('hello', (event) => this.#onHello(event as MessageEvent<string>));
    source.addEventListener('limit', () => this.#onLimit());
    for (const name of names) {
      source.addEventListener(name, (event) => this.#onUpdate(name, event as MessageEvent<string>));
    }
  }

  #onHello(event: MessageEvent<string>): void {
    const hello = JSON.parse(event.data) as LiveMessage<'hello'>;
    this.#streamId = hello.stream_id;
    this.#tellFollowed();
    // A hello with an id has nothing to catch up: the stream begins here.
    if (event.lastEventId === '') return this.#awaitQuiet();
    const isFirst = this.#lastId === '';
    this.#lastId = event.lastEventId;
    this.#settle();
    // What changed between the first read of a page and this beginning is in neither.
    if (isFirst) this.#onNotice({ kind: 'poll' });
  }

  #onUpdate(name: LiveName, event: MessageEvent<string>): void {
    if (event.lastEventId !== '') this.#lastId = event.lastEventId;
    if (this.#state !== 'live') this.#awaitQuiet();
    const data: unknown = JSON.parse(event.data);
    this.#onNotice({ kind: 'update', name, id: this.#lastId, data } as LiveUpdate);
    if (name === 'bye') this.close();
  }

  #onLimit(): void {
    this.#drop();
    this.#startPolling();
    this.#reconnect(limitPauseMs);
  }

  #onCut(): void {
    this.#failures += 1;
    this.#drop();
    if (this.#failures >= failuresBeforePolling) this.#startPolling();
    else this.#setState('catching-up');
    this.#reconnect(reconnectDelayMs(this.#failures, Math.random()));
  }

  #awaitQuiet(): void {
    clearTimeout(this.#quietTimer);
    this.#quietTimer = setTimeout(() => this.#settle(), quietMeansLiveMs);
  }

  #settle(): void {
    clearTimeout(this.#quietTimer);
    this.#failures = 0;
    clearInterval(this.#pollTimer);
    this.#pollTimer = undefined;
    this.#setState('live');
  }

  #startPolling(): void {
    this.#setState('polling');
    this.#pollTimer ??= setInterval(() => this.#onNotice({ kind: 'poll' }), pollEveryMs);
  }

  #reconnect(delayMs: number): void {
    clearTimeout(this.#reconnectTimer);
    if (this.#closed) return;
    this.#reconnectTimer = setTimeout(() => {
      this.#drop();
      this.#connect();
    }, delayMs);
  }

  #drop(): void {
    clearTimeout(this.#quietTimer);
    this.#streamId = undefined;
    this.#source?.close();
    this.#source = undefined;
  }

  #setState(state: LiveState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.report();
  }
}
