import type { SessionTx, StoredSender } from '../session-tx.ts';
import type { Connection } from './connection.ts';
import { uuidBlob } from './uuid-blob.ts';

type Part = Pick<SessionTx, 'loadSenders' | 'saveSenders'>;

interface SenderSql {
  readonly clock_offset_ms: number;
  readonly max_seq: number;
  readonly closed_last_seq: number | null;
  readonly received_ranges: string;
  readonly refused_ranges: string;
  readonly dropped_by: string;
  readonly omitted: string;
}

/** Senders and their ledgers. */
export function senderWrites(db: Connection): Part {
  const load = db.prepare<[number, Buffer], SenderSql>(
    `SELECT clock_offset_ms, max_seq, closed_last_seq, received_ranges, refused_ranges, dropped_by, omitted
     FROM senders WHERE session_key = ? AND sender = ?`,
  );
  const save = db.prepare(
    `INSERT OR REPLACE INTO senders (session_key, sender, clock_offset_ms, max_seq, closed_last_seq,
       received_ranges, refused_ranges, dropped_by, omitted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return {
    async loadSenders(stored, senders) {
      const found = new Map<string, StoredSender>();
      for (const sender of senders) {
        const row = load.get(stored.key, uuidBlob(sender));
        if (row !== undefined) found.set(sender, fromRow(sender, row));
      }
      return found;
    },
    async saveSenders(stored, senders) {
      for (const { sender, clockOffsetMs, ledger } of senders) {
        save.run(
          stored.key,
          uuidBlob(sender),
          clockOffsetMs,
          ledger.maxSeq,
          ledger.closedLastSeq,
          JSON.stringify(ledger.received),
          JSON.stringify(ledger.refused),
          JSON.stringify(ledger.droppedBy),
          JSON.stringify(ledger.omitted),
        );
      }
    },
  };
}

function fromRow(sender: string, row: SenderSql): StoredSender {
  return {
    sender,
    clockOffsetMs: row.clock_offset_ms,
    ledger: {
      maxSeq: row.max_seq,
      closedLastSeq: row.closed_last_seq,
      received: JSON.parse(row.received_ranges) as [number, number][],
      refused: JSON.parse(row.refused_ranges) as [number, number][],
      droppedBy: JSON.parse(row.dropped_by) as Record<string, number>,
      omitted: JSON.parse(row.omitted) as Record<string, number>,
    },
  };
}
