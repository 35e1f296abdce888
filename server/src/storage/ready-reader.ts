/** JSON in UTF-8, as it is sent. */
export type JsonBytes = Uint8Array<ArrayBuffer>;

/** Answers of so many rows that they are made ready where the rows are read: carried over as rows they take longer. */
export interface ReadyReader {
  /** A session and what lies below it to a depth (S9); null when there is no such session. */
  sessionTreeJson(
    orgId: string,
    id: string,
    depth: number,
    nowMs: number,
  ): Promise<JsonBytes | null>;
}
