import { parentPort, workerData } from 'node:worker_threads';
import { createPolicyCache } from '../commands/policy-cache.ts';
import { createRootPublisher } from '../commands/root-publisher.ts';
import { openIds, systemClock } from '../context.ts';
import { openPriceBook } from '../prices/price-book.ts';
import { openLane, type Lane } from '../storage/postgres/lane.ts';
import { releaseMemoryOnceSettled } from '../storage/release-memory.ts';
import type { PostgresWriterOptions, WriterReport, WriterRequest } from './messages.ts';
import { postgresTransactions } from './postgres-transactions.ts';
import { compileRecordSchemas } from './record-schemas.ts';
import { openWriterQueue } from './writer-queue.ts';

/** Transactions in flight at once: while one waits for its commit, the next is decided. More would make each smaller. */
const laneCount = 2;

/** The thread that reads bodies, decides, and writes to the database server. */
function main({ url, isCitus, staleAfterMs }: PostgresWriterOptions): void {
  const port = parentPort;
  if (port === null) throw new Error('the writer runs as a worker thread');
  const send = (report: WriterReport) => port.postMessage(report);
  const book = openPriceBook();
  const priceIds = new Map<string, number>();
  const lanes: Lane[] = Array.from({ length: laneCount }, () =>
    openLane({ url, isCitus, priceIds }),
  );
  const queue = openWriterQueue({
    engines: lanes.map(postgresTransactions),
    base: {
      newId: openIds(systemClock),
      staleAfterMs,
      findPrice: (provider, model, atMs) => book.find(provider, model, atMs),
      roots: createRootPublisher(),
      policies: createPolicyCache(),
    },
    schemas: compileRecordSchemas(),
    clock: systemClock,
    report: (error) => process.stderr.write(`writer: ${String(error)}\n`),
    send,
    afterCommit: () => undefined,
  });
  port.on('message', (request: WriterRequest) => {
    if (request.kind !== 'close') queue.add(request);
    else void close(request.ticket);
  });
  const close = async (ticket: number) => {
    await queue.drain();
    await Promise.all(lanes.map((lane) => lane.close()));
    send({ kind: 'done', answers: [{ ticket, value: null }], changed: [], facts: null });
    port.close();
  };
  send({ kind: 'ready' });
  releaseMemoryOnceSettled();
}

main(workerData as PostgresWriterOptions);
