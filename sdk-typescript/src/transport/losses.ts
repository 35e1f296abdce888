import type { IngestRecord } from '@niitaka/protocol/ingest.ts';
import { countLost } from '../spool/lost-records.ts';
import { closeSender } from './close-records.ts';
import type { RecordHead } from './entry.ts';
import { addCount, LedgerBook, type Ledger } from './ledger-book.ts';

/** Keeps count of what was lost, and says so: in the ledger of a session, or for the process as a whole. */
export class Losses {
  readonly #sender: string;
  readonly #ledgers: LedgerBook;
  readonly #send: (record: IngestRecord) => void;
  /** Senders whose records were adopted, with the highest number found of each session. */
  readonly #foreign = new Map<string, Ledger>();
  readonly #lostForGood: Record<string, number> = {};

  constructor(sender: string, ledgers: LedgerBook, send: (record: IngestRecord) => void) {
    this.#sender = sender;
    this.#ledgers = ledgers;
    this.#send = send;
  }

  /** Records lost of sessions that the server never got, by reason; undefined when there are none. */
  get forGood(): Record<string, number> | undefined {
    return Object.keys(this.#lostForGood).length === 0 ? undefined : { ...this.#lostForGood };
  }

  /** Numbered records are lost: their ledgers count them, and tell the server at once. */
  inSessions(heads: readonly RecordHead[], reason: string): void {
    for (const { sessionId, sender, count, highestSeq } of countLost(heads)) {
      const ledger = this.#ledgers.of(sessionId, sender);
      ledger.lastSeq = Math.max(ledger.lastSeq, highestSeq);
      if (count > 0) addCount(ledger.dropped, reason, count);
      this.#send(closeSender(ledger));
    }
  }

  /** Records are lost whose session the server does not have. */
  ofNoSession(count: number, reason: string): void {
    if (count > 0) addCount(this.#lostForGood, reason, count);
  }

  /** Notes an adopted record, so that its sender can be closed when all are home. */
  noteAdopted({ sessionId, sender, seq, lastSeq }: RecordHead): void {
    if (sessionId === null || sender === null || sender === this.#sender) return;
    const key = `${sessionId}/${sender}`;
    const ledger = this.#foreign.get(key) ?? this.#ledgers.of(sessionId, sender);
    this.#foreign.set(key, ledger);
    const isNews = seq !== null && seq > ledger.lastSeq;
    ledger.lastSeq = Math.max(ledger.lastSeq, seq ?? 0, lastSeq ?? 0);
    if (lastSeq !== null && lastSeq >= ledger.lastSeq) ledger.isTold = true;
    else if (isNews) ledger.isTold = false;
  }

  /** All adopted records are home: closes their senders, who cannot do it any more. */
  closeAdopted(): void {
    for (const ledger of this.#foreign.values()) {
      if (!ledger.isTold) this.#send(closeSender(ledger));
    }
    this.#foreign.clear();
  }
}
