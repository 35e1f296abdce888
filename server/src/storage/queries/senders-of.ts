import { sql } from 'kysely';
import type { SessionWhole } from '../session-reader.ts';
import type { Runner } from './runner.ts';

/** Senders shown of one session. */
const shownSenders = 1_000;

interface SenderSql {
  readonly sender: unknown;
  readonly clock_offset_ms: bigint;
  readonly max_seq: bigint;
  readonly closed_last_seq: bigint | null;
  readonly received_ranges: string;
  readonly refused_ranges: string;
  readonly dropped_by: string;
  readonly omitted: string;
}

/** The ledgers of a session's senders (D1). */
export async function sendersOf(
  runner: Runner,
  sessionKey: bigint,
): Promise<SessionWhole['senders']> {
  const rows = await runner.all<SenderSql>(
    sql`select sender, clock_offset_ms, max_seq, closed_last_seq, received_ranges, refused_ranges, dropped_by, omitted
      from senders where session_key = ${sessionKey} limit ${shownSenders}`,
  );
  return rows.map((row) => ({
    sender: runner.uuid(row.sender),
    clockOffsetMs: Number(row.clock_offset_ms),
    ledger: {
      maxSeq: Number(row.max_seq),
      closedLastSeq: row.closed_last_seq === null ? null : Number(row.closed_last_seq),
      received: JSON.parse(row.received_ranges) as [number, number][],
      refused: JSON.parse(row.refused_ranges) as [number, number][],
      droppedBy: JSON.parse(row.dropped_by) as Record<string, number>,
      omitted: JSON.parse(row.omitted) as Record<string, number>,
    },
  }));
}
