import type { SessionTx, StoredSender } from '../session-tx.ts';
import type { Connection } from './connection.ts';
import { senderColumnNames, senderFromRow, type SenderSql } from './sender-row.ts';
import { uuidBlob } from './uuid-blob.ts';

type Part = Pick<SessionTx, 'loadSenders' | 'saveSenders'>;

/** Senders and their ledgers. */
export function senderWrites(db: Connection): Part {
  const load = db.prepare<[number, Buffer], SenderSql>(
    `SELECT ${senderColumnNames.join(', ')} FROM senders WHERE session_key = ? AND sender = ?`,
  );
  const save = db.prepare(
    `INSERT OR REPLACE INTO senders (session_key, sender, ${senderColumnNames.join(', ')}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return {
    async loadSenders(stored, senders) {
      const found = new Map<string, StoredSender>();
      for (const sender of senders) {
        const row = load.get(stored.key, uuidBlob(sender));
        if (row !== undefined) found.set(sender, senderFromRow(sender, row));
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
