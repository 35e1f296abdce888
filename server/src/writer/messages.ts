import type { Result } from '@niitaka/core/result.ts';
import type { GroupFacts, IngestReply, IngestRequest } from '../storage/port.ts';

/** What the writer thread is started with. */
export interface WriterOptions {
  readonly path: string;
  readonly staleAfterMs: number;
  /** One flag in shared memory: readers wait while it is raised (see the read gate). */
  readonly readGate: SharedArrayBuffer;
}

/** What the thread is started with that writes to a database server. */
export interface PostgresWriterOptions {
  readonly url: string;
  readonly isCitus: boolean;
  readonly staleAfterMs: number;
}

/** Work for the writer, answered by `ticket`. */
export type WriterRequest =
  | ({ readonly kind: 'ingest'; readonly ticket: number } & IngestRequest)
  | {
      readonly kind: 'command';
      readonly ticket: number;
      readonly name: string;
      readonly args: unknown;
    }
  | { readonly kind: 'close'; readonly ticket: number };

/** One answer. */
export interface WriterAnswer {
  readonly ticket: number;
  readonly value: IngestReply | Result<unknown> | null;
}

/** What the writer tells: that it is ready, that it cannot start, or the answers of one group. */
export type WriterReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly message: string }
  | {
      readonly kind: 'done';
      readonly answers: readonly WriterAnswer[];
      /** Organisations whose streams have something to read. */
      readonly changed: readonly string[];
      /** Null when nothing was carried out. */
      readonly facts: GroupFacts | null;
    };
