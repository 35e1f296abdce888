import { Worker } from 'node:worker_threads';
import type { Result } from '@niitaka/core/result.ts';
import type { GroupFacts, IngestReply, IngestRequest } from '../storage/port.ts';
import { StartupError } from '../storage/startup-error.ts';
import { openLogSync, type LogSync } from './log-sync.ts';
import type { WriterAnswer, WriterReport, WriterRequest } from './messages.ts';

/** The main thread's end of the writer. */
export interface WriterClient {
  ingest(request: IngestRequest): Promise<IngestReply>;
  run(name: string, args: unknown): Promise<Result<unknown>>;
  onChange(listener: (orgId: string) => void): () => void;
  onGroup(listener: (facts: GroupFacts) => void): void;
  queued(): { bodies: number; bytes: number; ageMs: number };
  waitOfMs(senderId: string): number;
  /** Null while the thread lives; else why it ended. */
  problem(): string | null;
  /** Resolves with the reason if the thread ends before it is closed. */
  readonly failed: Promise<string>;
  close(): Promise<void>;
}

/** Which thread is started with what. */
export interface WriterStart {
  readonly script: URL;
  readonly data: unknown;
  /** The log that holds what the thread has committed, to be synced here; null when a commit is on disk at once. */
  readonly logPath: string | null;
}

type Value = WriterAnswer['value'];
type Done = Extract<WriterReport, { kind: 'done' }>;

/** Starts the writer thread; resolves once the file is open and migrated, or throws {@link StartupError}. */
export async function startWriter({ script, data, logPath }: WriterStart): Promise<WriterClient> {
  const worker = new Worker(script, {
    workerData: data,
    // Records live for one transaction: a small nursery is swept before it spreads.
    resourceLimits: { maxYoungGenerationSizeMb: 24 },
  });
  const tickets = openTickets();
  const listeners = new Set<(orgId: string) => void>();
  const groupListeners = new Set<(facts: GroupFacts) => void>();
  const waiting = openWaiting();
  let problem: string | null = null;
  let isClosing = false;
  const failure = Promise.withResolvers<string>();
  const fail = (reason: string) => {
    problem ??= reason;
    if (!isClosing) failure.resolve(reason);
    tickets.abandon();
  };
  await firstReport(worker);
  const tell = ({ answers, changed }: Done) => {
    for (const { ticket, value } of answers) tickets.answer(ticket, value);
    for (const orgId of changed) for (const listener of listeners) listener(orgId);
  };
  const log = openLog(logPath, tell, (error) =>
    fail(`the log cannot be written to disk: ${error.message}`),
  );
  worker.on('message', (report: WriterReport) => {
    if (report.kind !== 'done') return;
    const { facts } = report;
    if (facts !== null) for (const listener of groupListeners) listener(facts);
    log.add(report);
  });
  worker.on('error', (error) => fail(`the writer stopped: ${String(error)}`));
  worker.on('exit', () => fail('the writer is closed'));
  const ask = (make: (ticket: number) => WriterRequest, transfer: ArrayBuffer[]) =>
    new Promise<Value>((resolve) => {
      if (problem !== null) return resolve(null);
      return worker.postMessage(make(tickets.give(resolve)), transfer);
    });
  return {
    async ingest(request) {
      const leave = waiting.enter(request.senderId, request.body.byteLength);
      const value = await ask(
        (ticket) => ({ kind: 'ingest', ticket, ...request }),
        [request.body.buffer],
      );
      leave();
      return value === null || 'ok' in value ? closedReply : value;
    },
    async run(name, args) {
      const value = await ask((ticket) => ({ kind: 'command', ticket, name, args }), []);
      return value === null || !('ok' in value) ? closedResult : value;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onGroup: (listener) => void groupListeners.add(listener),
    queued: waiting.sum,
    waitOfMs: waiting.ageOf,
    problem: () => problem,
    failed: failure.promise,
    async close() {
      isClosing = true;
      await ask((ticket) => ({ kind: 'close', ticket }), []);
      log.close();
      await worker.terminate();
    },
  };
}

/** The moments since which bodies wait, by sender and by arrival: the first of each is its oldest. */
function openWaiting() {
  const bySender = new Map<string, Set<{ readonly sinceMs: number }>>();
  let bodies = 0;
  let bytes = 0;
  const sinceOf = (own: ReadonlySet<{ readonly sinceMs: number }>) => {
    const [oldest] = own;
    return oldest?.sinceMs ?? performance.now();
  };
  return {
    enter(senderId: string, size: number): () => void {
      const body = { sinceMs: performance.now() };
      const own = bySender.get(senderId) ?? new Set();
      bySender.set(senderId, own.add(body));
      bodies += 1;
      bytes += size;
      return () => {
        own.delete(body);
        if (own.size === 0) bySender.delete(senderId);
        bodies -= 1;
        bytes -= size;
      };
    },
    ageOf(senderId: string): number {
      const own = bySender.get(senderId);
      return own === undefined ? 0 : performance.now() - sinceOf(own);
    },
    sum() {
      const now = performance.now();
      const ages = [...bySender.values()].map((own) => now - sinceOf(own));
      return { bodies, bytes, ageMs: Math.max(0, ...ages) };
    },
  };
}

/** A database that syncs its own log answers at once. */
function openLog(
  path: string | null,
  tell: (done: Done) => void,
  onFailure: (error: Error) => void,
): LogSync<Done> {
  if (path === null) return { add: tell, close: () => undefined };
  return openLogSync<Done>(path, tell, onFailure);
}

/** Who waits for which answer. */
function openTickets() {
  const waiting = new Map<number, (value: Value) => void>();
  let last = 0;
  return {
    give(resolve: (value: Value) => void): number {
      last += 1;
      waiting.set(last, resolve);
      return last;
    },
    answer(ticket: number, value: Value): void {
      const resolve = waiting.get(ticket);
      waiting.delete(ticket);
      resolve?.(value);
    },
    /** Answers all with nothing: their work may or may not have been done. */
    abandon(): void {
      const open = [...waiting.values()];
      waiting.clear();
      for (const resolve of open) resolve(null);
    },
  };
}

const closedDetail = 'The storage is closed or has failed: nothing was written, try again';

const closedReply: IngestReply = {
  status: 503,
  text: JSON.stringify({ code: 'unavailable', detail: closedDetail }),
};

const closedResult: Result<never> = {
  ok: false,
  failure: { code: 'unavailable', message: closedDetail, retryable: true },
};

function firstReport(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (report: WriterReport) => {
      worker.off('error', reject);
      if (report.kind === 'refused') reject(new StartupError(report.message));
      else resolve();
    });
  });
}
