import type { IngestAnswer } from '@niitaka/protocol/ingest.ts';
import type { Batch, Entry } from '../transport/entry.ts';
import type { PushResponse } from '../transport/push.ts';
import { eventRecord } from './store-fixture.ts';

/** A batch of the events with these numbers. */
export function batchOf(...seqs: readonly number[]): Batch {
  return { entries: seqs.map(entryOf) };
}

/** One handed-out event entry. */
export function entryOf(seq: number): Entry {
  const { json, head } = eventRecord(seq);
  return { body: Buffer.from(json), head, home: { outstanding: 1 } };
}

/** The answer that takes `count` records. */
export function answerFor(count: number): IngestAnswer {
  return {
    accepted: count,
    duplicates: 0,
    rejected: [],
    sessions: [],
    control: [],
    control_poll_ms: null,
    warnings: [],
  };
}

/** A 200 that takes `count` records. */
export function okFor(count: number): PushResponse {
  return { status: 200, retryAfter: null, text: JSON.stringify(answerFor(count)) };
}

/** An answer without a body. */
export function status(code: number, retryAfter: string | null = null): PushResponse {
  return { status: code, retryAfter, text: '' };
}
