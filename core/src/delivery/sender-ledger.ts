import { countOf, type CountByReason } from './count-by-reason.ts';
import { addSeqs, countSeqs, countSeqsOutside, type SeqRanges } from './seq-ranges.ts';

/** What the server knows of one sender's records of one session (D1). */
export interface SenderLedger {
  readonly maxSeq: number;
  /** The highest `last_seq` it closed at; null while it has not closed. */
  readonly closedLastSeq: number | null;
  readonly received: SeqRanges;
  readonly refused: SeqRanges;
  readonly droppedBy: CountByReason;
  readonly omitted: CountByReason;
}

/** A ledger's figures, as the page shows them. */
export interface LedgerFigures {
  readonly expected: number;
  readonly received: number;
  readonly refused: number;
  readonly missing: number;
  readonly dropped: number;
  readonly open: boolean;
}

/** The ledger of a sender nothing is known of. */
export const emptyLedger: SenderLedger = {
  maxSeq: 0,
  closedLastSeq: null,
  received: [],
  refused: [],
  droppedBy: {},
  omitted: {},
};

/** Takes numbers that were stored (again) and numbers that were refused for good. */
export function recordSeqs(
  ledger: SenderLedger,
  stored: readonly number[],
  refused: readonly number[],
): SenderLedger {
  const highest = [...stored, ...refused].reduce((max, seq) => Math.max(max, seq), ledger.maxSeq);
  return {
    ...ledger,
    maxSeq: highest,
    received: addSeqs(ledger.received, stored),
    refused: addSeqs(ledger.refused, refused),
  };
}

/** Takes a close, first or again: per figure the greatest holds (D1). */
export function closeLedger(
  ledger: SenderLedger,
  lastSeq: number,
  droppedBy: CountByReason,
  omitted: CountByReason,
): SenderLedger {
  return {
    ...ledger,
    closedLastSeq: Math.max(ledger.closedLastSeq ?? 0, lastSeq),
    droppedBy: greatestByReason(ledger.droppedBy, droppedBy),
    omitted: greatestByReason(ledger.omitted, omitted),
  };
}

/** The figures of a ledger: what is unaccounted for is missing, never below 0. */
export function ledgerFigures(ledger: SenderLedger): LedgerFigures {
  const expected = Math.max(ledger.closedLastSeq ?? 0, ledger.maxSeq);
  const received = countSeqs(ledger.received);
  const refused = countSeqsOutside(ledger.refused, ledger.received);
  const dropped = Object.values(ledger.droppedBy).reduce((sum, count) => sum + count, 0);
  return {
    expected,
    received,
    refused,
    missing: Math.max(0, expected - received - refused - dropped),
    dropped,
    open: ledger.closedLastSeq === null || ledger.maxSeq > ledger.closedLastSeq,
  };
}

function greatestByReason(known: CountByReason, told: CountByReason): CountByReason {
  const merged = new Map(Object.entries(known));
  for (const [reason, count] of Object.entries(told)) {
    merged.set(reason, Math.max(countOf(known, reason), count));
  }
  return Object.fromEntries(merged);
}
