import type { Topics } from './live-frame.ts';

/** Where the messages of one stream go. */
export interface Sink {
  write(text: string | Buffer): void;
  /** Resolves when what was written has drained; false when the stream is closed. */
  drained(): Promise<boolean>;
  /** Since when the client has not drained; null when it keeps up. */
  slowSinceMs(): number | null;
  close(): void;
}

/** One open stream. */
export interface Subscriber {
  readonly streamId: string;
  readonly orgId: string;
  /** What it is counted by: a key or a browser session. */
  readonly owner: string;
  /** The person or key behind it, whose revocation ends it. */
  readonly holderId: string;
  readonly topics: Topics;
  readonly sink: Sink;
  readonly closesAtMs: number;
  /** Everything up to here was written to the sink. */
  revision: number;
  followed: Followed | null;
}

/** The session whose events a stream carries, and how far. */
export interface Followed {
  readonly sessionId: string;
  position: number;
  /** A page is being read; and whether there may be more after it. */
  reading: boolean;
  wanted: boolean;
}
