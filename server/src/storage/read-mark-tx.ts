/** Until when a person has read the feed of signals, and how many have come since. */
export interface ReadMark {
  /** What occurred later is unread; of one who never marked any, when they were invited. */
  readonly untilMs: number;
  readonly unread: number;
}

/** Writes of what people have read. */
export interface ReadMarkTx {
  /** Moves a person's mark, only forward; answers whether it moved. */
  markSignalsRead(orgId: string, personId: string, untilMs: number): Promise<boolean>;
}

/** Reads of what people have read. */
export interface ReadMarkReader {
  /** A person's mark; unread signals are counted to `limit`. Null when there is no such person. */
  readMark(orgId: string, personId: string, limit: number): Promise<ReadMark | null>;
}
