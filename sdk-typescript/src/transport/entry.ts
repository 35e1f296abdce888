import type { IngestRecord, RecordKind } from '@niitaka/protocol/ingest.ts';

/** What the sender needs to know of a record without reading it again. */
export interface RecordHead {
  readonly kind: RecordKind;
  /** Null for records of no session. */
  readonly sessionId: string | null;
  /** The sender that numbered the record; null when it has no number. */
  readonly sender: string | null;
  readonly seq: number | null;
  /** The `last_seq` of a close or an end; null for every other record. */
  readonly lastSeq: number | null;
}

/** Where an entry is kept until the server has acknowledged it. */
export interface EntryHome {
  /** Entries handed out and not settled yet. */
  outstanding: number;
}

/** One encoded record on its way to the server. */
export interface Entry {
  /** One wire record as UTF-8 JSON. */
  readonly body: Buffer;
  readonly head: RecordHead;
  readonly home: EntryHome;
}

/** What one request carries. */
export interface Batch {
  readonly entries: readonly Entry[];
}

/** Reads the head off a record. */
export function headOf(record: IngestRecord): RecordHead {
  const numbered = 'seq' in record && record.seq !== undefined;
  return {
    kind: record.kind,
    sessionId: ('session_id' in record ? record.session_id : null) ?? null,
    sender: ('sender' in record ? record.sender : null) ?? null,
    seq: numbered ? (record.seq ?? null) : null,
    lastSeq: 'last_seq' in record ? (record.last_seq ?? null) : null,
  };
}
