/** One change of the feed: what moved, under which revision. */
export interface Change {
  readonly kind: 'session' | 'signal' | 'deleted';
  readonly id: string;
  readonly revision: number;
}

/** One stored event as the stream carries it: its place in the session, and its JSON text. */
export interface EventText {
  readonly position: number;
  readonly text: string;
}

/** What the live stream reads; rows come as the JSON text they travel as. */
export interface LiveSource {
  revision(orgId: string): Promise<number>;
  /** Changes after a revision, oldest first, at most `limit`. */
  changesSince(orgId: string, revision: number, limit: number): Promise<readonly Change[]>;
  /** JSON texts by id; what is gone is absent. */
  sessions(orgId: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  signals(orgId: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The last position given out in a session; 0 for one that is not known. */
  position(orgId: string, sessionId: string): Promise<number>;
  /** Events after a position, oldest first, at most `limit`. */
  eventsAfter(
    orgId: string,
    sessionId: string,
    position: number,
    limit: number,
  ): Promise<readonly EventText[]>;
}
