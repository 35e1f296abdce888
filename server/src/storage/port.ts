import type { Result } from '@niitaka/core/result.ts';
import type { ReadyReader } from './ready-reader.ts';
import type { Reader } from './reader.ts';

/** One ingest body on its way to the writer. */
export interface IngestRequest {
  readonly orgId: string;
  /** Who sent it: senders take turns. */
  readonly senderId: string;
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
  /** How long the oldest of them has waited, ms; 0 when none waits. */
  readonly queueAgeMs: number;
  /** Bytes of the log beside the database file; null where the engine keeps its own. */
  readonly logBytes: number | null;
}

/** What one transaction carried, told once it was committed or given up. */
export interface GroupFacts {
  /** Batches in it; 0 for a command. */
  readonly batches: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: number;
  /** From its first statement to its commit, ms. */
  readonly ms: number;
  /** Times that the engine failed; what could be tried again was. */
  readonly errors: number;
}

/** The engines that hold data. */
export const engineNames = ['sqlite', 'postgres'] as const;

/** Which engine holds the data. */
export type EngineName = (typeof engineNames)[number];

/** Everything the server needs of an engine; `Run` types the commands it can carry out. */
export interface Storage<Run = RunCommand> {
  readonly engine: EngineName;
  ingest(request: IngestRequest): Promise<IngestReply>;
  readonly run: Run;
  readonly reader: Reader;
  /** The same reads; once the signal says that nobody waits for them they end soon, with a ReadAbandonedError. */
  readerUntil(gone: AbortSignal): Reader;
  /** Answers made ready, ended in the same way. */
  readyUntil(gone: AbortSignal): ReadyReader;
  /** Calls `listener` after commits that changed what streams show; answers how to stop. */
  onChange(listener: (orgId: string) => void): () => void;
  /** How long the oldest body of this sender has waited, ms; 0 when none waits. */
  waitOfMs(senderId: string): number;
  /** Calls `listener` after each transaction. */
  onGroup(listener: (facts: GroupFacts) => void): void;
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
