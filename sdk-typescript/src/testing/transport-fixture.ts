import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { storeLimits, type StoreLimits } from '../spool/record-store.ts';
import { Transport } from '../transport/transport.ts';

/** A transport of a test, with the warnings that it gave. */
export interface TestTransport {
  readonly transport: Transport;
  readonly warnings: string[];
  /** Sends the start of a session. */
  start(sessionId: string): void;
  /** Sends `count` numbered events of a session. */
  events(sessionId: string, count: number, padding?: number): void;
}

/** How a test's transport differs from a program's. */
export interface TestTransportOptions {
  readonly spoolFolder?: string | null;
  readonly apiKey?: string;
  readonly limits?: Partial<StoreLimits>;
  readonly attemptTimeoutMs?: number;
  readonly beforeTake?: () => void;
}

/** Opens a transport to `apiUrl` that is closed when the test is over. */
export function openTransport(apiUrl: string, options: TestTransportOptions = {}): TestTransport {
  const warnings: string[] = [];
  const transport = new Transport({
    apiUrl,
    apiKey: options.apiKey ?? 'nk_test_secret_0123456789',
    spoolFolder: options.spoolFolder ?? null,
    snapshotFolder: null,
    version: '0.1.0',
    limits: { ...storeLimits, ...options.limits },
    attemptTimeoutMs: options.attemptTimeoutMs ?? 5000,
    warn: (kind, message) => warnings.push(`${kind}: ${message}`),
    beforeTake: options.beforeTake ?? (() => {}),
    nextWakeMs: () => null,
  });
  onTestFinished(async () => {
    await transport.close(0);
  });
  return {
    transport,
    warnings,
    start: (sessionId) =>
      transport.send({ kind: 'session.start', session_id: sessionId, started_at: now() }),
    events: (sessionId, count, padding = 0) => {
      for (let at = 0; at < count; at += 1) sendEvent(transport, sessionId, padding);
    },
  };
}

function sendEvent(transport: Transport, sessionId: string, padding: number): void {
  const ledger = transport.ledgerOf(sessionId);
  ledger.lastSeq += 1;
  ledger.isTold = false;
  transport.send({
    kind: 'event',
    session_id: sessionId,
    event_id: randomUUID(),
    sender: transport.sender,
    seq: ledger.lastSeq,
    type: 'log',
    started_at: now(),
    ended_at: now(),
    data: { message: 'x'.repeat(padding) },
  });
}

function now(): string {
  return new Date().toISOString();
}
