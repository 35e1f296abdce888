import { randomUUID } from 'node:crypto';
import { Controls } from '../control/controls.ts';
import { LedgerBook, type Ledger } from '../transport/ledger-book.ts';
import type { Outlet, SessionTotals } from '../transport/outlet.ts';

/** Takes everything and keeps nothing: for programs that have no key, or are not to report. */
export class SilentOutlet implements Outlet {
  readonly sender = randomUUID();
  readonly controls = new Controls(() => {});
  readonly policies = null;

  send(): void {}

  ledgerOf(sessionId: string): Ledger {
    return new LedgerBook(this.sender).of(sessionId);
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
