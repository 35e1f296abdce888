/** What a receipt says of one table. */
export interface ErasedTable {
  readonly rows: number;
  /** Indexes that lost an entry for each row. */
  readonly indexes: readonly string[];
}

/** What is still to be found of what was removed. */
export interface ErasureCheck {
  /** Every byte is gone, or where it still lies and until when. */
  readonly isClean: boolean;
  readonly note: string;
  /** Pieces that were looked for, and bytes that were read for them. */
  readonly searched: number;
  readonly bytesRead: number;
  /** Pieces that were found and that nothing which stays says too. */
  readonly found: number;
}

/** Looks at what is to be removed, and after it is gone whether it is. */
export interface Erasure {
  /** Remembers pieces of what sessions said. */
  note(orgId: string, ids: readonly string[]): Promise<void>;
  indexesOf(table: string): Promise<readonly string[]>;
  check(): Promise<ErasureCheck>;
  close(): Promise<void>;
}
