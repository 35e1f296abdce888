/** A statement with `?` for its values; integers come as numbers. */
export interface Statement<Row> {
  get(...values: readonly unknown[]): Promise<Row | undefined>;
  all(...values: readonly unknown[]): Promise<Row[]>;
  run(...values: readonly unknown[]): Promise<void>;
}

/** Prepares statements that every engine takes as they are. Ids are 16 bytes, hashes 32. */
export interface Statements {
  prepare<Row>(text: string): Statement<Row>;
}
