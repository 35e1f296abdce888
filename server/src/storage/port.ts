import type { Result } from '@niitaka/core/result.ts';
import type { Reader } from './reader.ts';

/** One ingest body on its way to the writer. */
export interface IngestRequest {
  readonly orgId: string;
  /** JSON in UTF-8; its memory is given away with the call. */
  readonly body: Uint8Array<ArrayBuffer>;
  readonly arrivedAtMs: number;
  /** Set while somebody watches: how often the sender shall look for commands, ms. */
  readonly controlPollMs: number | null;
}

/** What to answer to one ingest body, given after its rows are on disk. */
export interface IngestReply {
  readonly status: number;
  /** JSON: the answer with 200, else `{code, detail}`. */
  readonly text: string;
}

/** How the storage is doing. */
export interface StorageHealth {
  readonly ok: boolean;
  readonly detail: string;
  /** Bodies that wait for the writer, and their bytes. */
  readonly queuedBodies: number;
  readonly queuedBytes: number;
}

/** Everything the server needs of an engine; `Run` types the commands it can carry out. */
export interface Storage<Run = RunCommand> {
  ingest(request: IngestRequest): Promise<IngestReply>;
  readonly run: Run;
  readonly reader: Reader;
  /** Calls `listener` after commits that changed what streams show; answers how to stop. */
  onChange(listener: (orgId: string) => void): () => void;
  health(): StorageHealth;
  /** Whether this process may do the job until the time has passed: no other one does it then. */
  takeLease(job: string, forMs: number): Promise<boolean>;
  /** Resolves with the reason if the storage fails for good before it is closed: only a new process helps. */
  readonly failed: Promise<string>;
  /** Finishes what was taken, writes the log into the file and closes it. */
  close(): Promise<void>;
}

/** Carries out a command by name within its own transaction. */
export type RunCommand = (name: string, args: unknown) => Promise<Result<unknown>>;
