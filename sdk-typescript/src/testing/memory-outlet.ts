import { randomUUID } from 'node:crypto';
import type { IngestRecord } from '@niitaka/protocol/ingest.ts';
import { Controls } from '../control/controls.ts';
import type { PolicySource } from '../policy/guard.ts';
import { encodeRecord } from '../transport/encode-record.ts';
import { LedgerBook, type Ledger } from '../transport/ledger-book.ts';
import type { CapturedRecord } from './captured-record.ts';
import type { Outlet, SessionTotals } from '../transport/outlet.ts';

/** Keeps records in memory, in the form of the wire. */
export class MemoryOutlet implements Outlet {
  readonly sender = randomUUID();
  readonly controls = new Controls((record) => this.send(record));
  /** No server says anything; a policy file of the program's own holds. */
  readonly policies: PolicySource = {
    of: () => null,
    request: () => {},
    first: () => Promise.resolve(null),
    refresh: () => {},
    noteRevision: () => {},
  };
  readonly records: CapturedRecord[] = [];
  readonly #ledgers = new LedgerBook(this.sender);

  send(record: IngestRecord): void {
    const json = encodeRecord(record);
    if (json !== null) this.records.push(JSON.parse(json) as CapturedRecord);
  }

  ledgerOf(sessionId: string): Ledger {
    return this.#ledgers.of(sessionId);
  }

  startHeartbeat(): void {}

  stopHeartbeat(): void {}

  wakeIn(): void {}

  totalsOf(): SessionTotals | null {
    return null;
  }

  flush(): Promise<boolean> {
    return Promise.resolve(true);
  }

  close(): Promise<boolean> {
    return Promise.resolve(true);
  }
}
