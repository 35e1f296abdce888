import { noteReachable } from '../api/reachability.ts';
import { followedBy, withRequest, type FollowRequests } from './follow-requests.ts';
import type { LiveNotice, LiveStatus } from './live-notice.ts';
import { StreamConnection } from './stream-connection.ts';

type Listener = (notice: LiveNotice) => void;

const channelName = 'niitaka-live';

/** Shares one stream among the tabs of a browser: one tab holds it and tells the others. */
export class LiveHub {
  readonly #tab = newTabId();
  readonly #listeners = new Set<Listener>();
  readonly #channel = new BroadcastChannel(channelName);
  readonly #abort = new AbortController();
  #status: LiveStatus = { kind: 'status', state: 'catching-up', followed: null, lastId: '' };
  #requests: FollowRequests = new Map();
  #wanted: string | null = null;
  #connection: StreamConnection | undefined;

  constructor() {
    this.#channel.addEventListener('message', (event: MessageEvent<LiveNotice>) =>
      this.#onNotice(event.data),
    );
    window.addEventListener('pagehide', () => this.#request(null));
    for (const change of ['offline', 'online']) {
      window.addEventListener(change, () => this.#connection?.renew());
    }
    this.#post({ kind: 'ask' });
    void this.#lead();
  }

  get status(): LiveStatus {
    return this.#status;
  }

  /** Calls the listener with every notice until the returned function is called. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Asks for the events of one session, or for none. */
  follow(sessionId: string | null): void {
    this.#wanted = sessionId;
    this.#request(sessionId);
  }

  close(): void {
    this.#request(null);
    this.#abort.abort();
    this.#connection?.close();
    this.#channel.close();
    this.#listeners.clear();
  }

  async #lead(): Promise<void> {
    const locks: LockManager | undefined = navigator.locks;
    // Without a secure context there are no locks: then each tab holds a stream of its own.
    if (locks === undefined) return this.#connect();
    await locks
      .request(channelName, { signal: this.#abort.signal }, () => {
        this.#connect();
        return new Promise<void>((resolve) => {
          this.#abort.signal.addEventListener('abort', () => resolve());
        });
      })
      .catch(() => undefined);
  }

  #connect(): void {
    if (this.#abort.signal.aborted) return;
    this.#connection = new StreamConnection({
      lastId: this.#status.lastId,
      followed: followedBy(this.#requests),
      onNotice: (notice) => {
        this.#post(notice);
        this.#onNotice(notice);
      },
    });
    this.#connection.report();
    this.#request(this.#wanted);
  }

  #request(sessionId: string | null): void {
    const notice: LiveNotice = { kind: 'follow', tab: this.#tab, sessionId };
    this.#post(notice);
    this.#onNotice(notice);
  }

  #post(notice: LiveNotice): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no target
    this.#channel.postMessage(notice);
  }

  #onNotice(notice: LiveNotice): void {
    if (notice.kind === 'ask') this.#connection?.report();
    else if (notice.kind === 'follow') this.#onFollow(notice.tab, notice.sessionId);
    else this.#tell(notice);
  }

  #onFollow(tab: string, sessionId: string | null): void {
    this.#requests = withRequest(this.#requests, tab, sessionId);
    this.#connection?.follow(followedBy(this.#requests));
  }

  #tell(notice: LiveNotice): void {
    if (notice.kind === 'status') this.#status = notice;
    if (notice.kind === 'status' && notice.state === 'live') noteReachable(true);
    if (notice.kind === 'update') this.#status = { ...this.#status, lastId: notice.id };
    for (const listener of this.#listeners) listener(notice);
  }
}

function newTabId(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join(
    '',
  );
}
