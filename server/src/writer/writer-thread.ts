import { parentPort, workerData } from 'node:worker_threads';
import { createPolicyCache } from '../commands/policy-cache.ts';
import { createRootPublisher } from '../commands/root-publisher.ts';
import { openIds, systemClock } from '../context.ts';
import { releaseMemoryOnceSettled } from '../storage/release-memory.ts';
import { openPriceBook } from '../prices/price-book.ts';
import { openCheckpoints } from '../storage/sqlite/checkpoints.ts';
import { openWriter, type Connection } from '../storage/sqlite/connection.ts';
import { migrate } from '../storage/sqlite/migrate.ts';
import { StartupError } from '../storage/startup-error.ts';
import type { WriterOptions, WriterReport, WriterRequest } from './messages.ts';
import { openTransactions } from './open-transactions.ts';
import { compileRecordSchemas } from './record-schemas.ts';
import { openWriterQueue } from './writer-queue.ts';

/** The thread that owns the database file: the only one that writes. */
function main(options: WriterOptions): void {
  const port = parentPort;
  if (port === null) throw new Error('the writer runs as a worker thread');
  const send = (report: WriterReport) => port.postMessage(report);
  const db = openOrRefuse(options, send);
  if (db === null) return;
  const book = openPriceBook();
  const checkpoints = openCheckpoints(db, options.path, options.readGate);
  const queue = openWriterQueue({
    engines: [openTransactions(db)],
    base: {
      newId: openIds(systemClock),
      staleAfterMs: options.staleAfterMs,
      findPrice: (provider, model, atMs) => book.find(provider, model, atMs),
      roots: createRootPublisher(),
      policies: createPolicyCache(),
    },
    schemas: compileRecordSchemas(),
    clock: systemClock,
    report: (error) => process.stderr.write(`writer: ${String(error)}\n`),
    send,
    afterCommit: () => checkpoints.afterCommit(),
  });
  port.on('message', (request: WriterRequest) => {
    if (request.kind !== 'close') queue.add(request);
    else void close(request.ticket);
  });
  const close = async (ticket: number) => {
    await queue.drain();
    await checkpoints.close();
    db.close();
    send({ kind: 'done', answers: [{ ticket, value: null }], changed: [], facts: null });
    port.close();
  };
  send({ kind: 'ready' });
  releaseMemoryOnceSettled();
}

function openOrRefuse(
  options: WriterOptions,
  send: (report: WriterReport) => void,
): Connection | null {
  try {
    const db = openWriter(options.path);
    migrate(db, options.path);
    // Its client syncs the log before anything is answered, while this thread makes the next transaction.
    db.pragma('synchronous = NORMAL');
    return db;
  } catch (error) {
    const message =
      error instanceof StartupError ? error.message : openProblem(options.path, error);
    send({ kind: 'refused', message });
    return null;
  }
}

function openProblem(path: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `Cannot use the database ${path}: ${reason}. Check that the file is whole, can be written and has free space beside it, put back a backup, or set NIITAKA_DATA to another directory.`;
}

main(workerData as WriterOptions);
