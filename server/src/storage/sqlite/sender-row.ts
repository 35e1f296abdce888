import type { SenderLedger } from '@niitaka/core/delivery/sender-ledger.ts';

/** A row of `senders` without its keys; integers as either connection reads them. */
export interface SenderSql {
  readonly clock_offset_ms: number | bigint;
  readonly max_seq: number | bigint;
  readonly closed_last_seq: number | bigint | null;
  readonly received_ranges: string;
  readonly refused_ranges: string;
  readonly dropped_by: string;
  readonly omitted: string;
}

/** The columns of {@link SenderSql}, for a SELECT. */
export const senderColumnNames = [
  'clock_offset_ms',
  'max_seq',
  'closed_last_seq',
  'received_ranges',
  'refused_ranges',
  'dropped_by',
  'omitted',
] as const;

/** A row as the ledger it holds (D1). */
export function senderFromRow(
  sender: string,
  row: SenderSql,
): { sender: string; clockOffsetMs: number; ledger: SenderLedger } {
  return {
    sender,
    clockOffsetMs: Number(row.clock_offset_ms),
    ledger: {
      maxSeq: Number(row.max_seq),
      closedLastSeq: row.closed_last_seq === null ? null : Number(row.closed_last_seq),
      received: JSON.parse(row.received_ranges) as [number, number][],
      refused: JSON.parse(row.refused_ranges) as [number, number][],
      droppedBy: JSON.parse(row.dropped_by) as Record<string, number>,
      omitted: JSON.parse(row.omitted) as Record<string, number>,
    },
  };
}
