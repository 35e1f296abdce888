import type { SessionFilter } from '@niitaka/core/session/session-filter.ts';
import { uuidText } from './sqlite/uuid-blob.ts';

/** A session as a replay needs it. */
export interface ReplaySession {
  /** What its events are found by; means nothing outside its engine. */
  readonly key: string;
  readonly id: string;
  readonly rootSessionId: string;
  /** Whether it has neither parent nor children. */
  readonly isAlone: boolean;
  readonly agentId: string | null;
  readonly environment: string;
  readonly goal: string | null;
  readonly startedAtMs: number;
  readonly goalCompleted: boolean | null;
  readonly costNanoUsd: bigint;
  readonly steps: number;
  readonly errors: number;
  readonly events: number;
  readonly unpriced: number;
}

/** Where a page of sessions begins: after this one. */
export interface ReplayPosition {
  readonly startedAtMs: number;
  readonly id: string;
}

/** A call that failed, as policies look at it. */
export interface FailedFacts {
  readonly kind: string | null;
  readonly attempt: number;
  readonly model: string | null;
}

/**
 * Events by column, so that a page of thousands is carried between threads as a few blocks of memory. They come session
 * by session in the order asked for, in each by time and position.
 */
export interface ReplayEvents {
  /** Place of the session among those asked for. */
  readonly session: Int32Array;
  readonly atMs: Float64Array;
  readonly position: Float64Array;
  /** Whole nano-USD; 0 without a price. */
  readonly costNanoUsd: Float64Array;
  /** 16 bytes for each. */
  readonly ids: Uint8Array;
  /** Of calls that failed; empty where steps were asked for. */
  readonly failed: readonly (FailedFacts | null)[];
  /** The limit was reached: there may be more after the last one. */
  readonly isCut: boolean;
}

/** The id of an event by its place on the page. */
export function replayedId({ ids }: Pick<ReplayEvents, 'ids'>, place: number): string {
  return uuidText(ids.subarray(place * idBytes, (place + 1) * idBytes));
}

const idBytes = 16;

/** What a page of events is asked with. */
export interface ReplayEventRequest {
  /** Keys of sessions; where there are several, their events must be fewer than the limit. */
  readonly keys: readonly string[];
  readonly what: 'steps' | 'failures';
  /** The last event of the page before, of the one session asked for. */
  readonly after: { readonly atMs: number; readonly position: number } | null;
  readonly limit: number;
}

/** Reads for replaying stored sessions against a policy (P9). */
export interface ReplayReader {
  /** Sessions that a filter means, newest start first. */
  replaySessions(
    orgId: string,
    filter: SessionFilter,
    after: ReplayPosition | null,
    limit: number,
  ): Promise<ReplaySession[]>;
  /** The sessions of whole trees, at most `limit`. */
  replayTrees(orgId: string, rootIds: readonly string[], limit: number): Promise<ReplaySession[]>;
  /** Steps or failures that count: finished, and before their session's end. */
  replayEvents(orgId: string, request: ReplayEventRequest): Promise<ReplayEvents>;
}
