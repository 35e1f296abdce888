import type { IngestRecord } from '@niitaka/protocol/ingest.ts';
import type { Ledger } from './ledger-book.ts';
import { wireTime } from './wire-time.ts';

/** Tells the server what a sender has numbered and lost of a session; marks the ledger as told. */
export function closeSender(ledger: Ledger): IngestRecord {
  ledger.isTold = true;
  const { sessionId, sender, lastSeq, dropped, omitted } = ledger;
  return {
    kind: 'sender.close',
    session_id: sessionId,
    sender,
    last_seq: lastSeq,
    dropped: { ...dropped },
    ...(isEmpty(omitted) ? {} : { omitted: { ...omitted } }),
  };
}

/** Ends a session and tells its ledger; marks the ledger as told. */
export function endSession(ledger: Ledger, endedAtMs: number): IngestRecord {
  ledger.isTold = true;
  const { sessionId, sender, lastSeq, dropped, omitted } = ledger;
  return {
    kind: 'session.end',
    session_id: sessionId,
    sender,
    ended_at: wireTime(endedAtMs),
    last_seq: lastSeq,
    ...(isEmpty(dropped) ? {} : { dropped: { ...dropped } }),
    ...(isEmpty(omitted) ? {} : { omitted: { ...omitted } }),
  };
}

function isEmpty(counts: Readonly<Record<string, number>>): boolean {
  return Object.keys(counts).length === 0;
}
