import type { IngestRecord } from '@niitaka/protocol/ingest.ts';
import type { Controls } from '../control/controls.ts';
import type { PolicySource } from '../policy/guard.ts';
import type { Ledger } from './ledger-book.ts';

/** What the server last said of a session. */
export interface SessionTotals {
  readonly status: 'running' | 'done' | 'stale';
  /** US dollars. */
  readonly totalCost: number;
}

/** Where sessions put their records. Nothing here throws, and nothing waits. */
export interface Outlet {
  /** UUID of this process, or of this worker thread. */
  readonly sender: string;
  send(record: IngestRecord): void;
  /** This sender's ledger of a session. */
  ledgerOf(sessionId: string): Ledger;
  /** From now on the session gives signs of life. */
  startHeartbeat(sessionId: string): void;
  stopHeartbeat(sessionId: string): void;
  /** Makes sure that the open calls are looked at within `ms`. */
  wakeIn(ms: number): void;
  /** Null until the server has answered, and again when the session's totals were forgotten. */
  totalsOf(sessionId: string): SessionTotals | null;
  /** True when everything is acknowledged within `seconds`. */
  flush(seconds: number): Promise<boolean>;
  /** What operators ask of the sessions here. */
  readonly controls: Controls;
  /** Where the policies of an agent are found; null where nothing leaves the process. */
  readonly policies: PolicySource | null;
  /** Flushes, then stops for good. */
  close(seconds: number): Promise<boolean>;
}
