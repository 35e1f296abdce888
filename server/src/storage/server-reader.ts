/** Reads that concern the server as a whole, whatever the organisation: how it is doing. */
export interface ServerReader {
  /** Bytes that the database takes, its indexes included. */
  storageBytes(): Promise<number>;
  /** When a job ran last, in whichever process; null: never. */
  lastJobRunMs(job: string): Promise<number | null>;
  /** What processes lost before any session was known, by reason, over all organisations: the `limit` greatest. */
  lostRecordsOfAll(limit: number): Promise<Readonly<Record<string, number>>>;
}
