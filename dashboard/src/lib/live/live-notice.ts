import type { LiveMessage } from '@niitaka/protocol/live.ts';

/** How fresh the page is: pushed at once, catching up after a cut, or read every few seconds. */
export type LiveState = 'live' | 'catching-up' | 'polling';

/** The messages of the stream that every tab gets. */
export type LiveName = 'session' | 'signal' | 'deleted' | 'event' | 'reset' | 'bye';

/** One message of the stream with the id to resume from. */
export type LiveUpdate = {
  readonly [N in LiveName]: {
    readonly kind: 'update';
    readonly name: N;
    readonly id: string;
    readonly data: LiveMessage<N>;
  };
}[LiveName];

/** What the tab that holds the stream says about it. */
export interface LiveStatus {
  readonly kind: 'status';
  readonly state: LiveState;
  readonly followed: string | null;
  readonly lastId: string;
}

/** Everything that travels between the tabs of one browser. */
export type LiveNotice =
  | LiveUpdate
  | LiveStatus
  | { readonly kind: 'poll' }
  | { readonly kind: 'ask' }
  | { readonly kind: 'follow'; readonly tab: string; readonly sessionId: string | null };
