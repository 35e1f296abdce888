import { parentPort, workerData } from 'node:worker_threads';
import { releaseMemoryOnceSettled } from '../storage/release-memory.ts';
import { openReader } from '../storage/sqlite/connection.ts';
import { passReadGate } from '../storage/sqlite/read-gate.ts';
import { ReadAbandonedError, ReadTimeoutError } from '../storage/read-unavailable.ts';
import { openReads } from '../storage/sqlite/reads.ts';
import { openAbandoned } from '../storage/sqlite/abandoned-reads.ts';
import { readLimitMs } from '../storage/sqlite/read-limit.ts';
import { readyReads } from './ready-reads.ts';
import type { ReaderData, ReadReply, ReadRequest } from '../storage/sqlite/reader-client.ts';

const { path, readGate, abandoned } = workerData as ReaderData;

/** Runs reads by name on a connection of its own, one after the other. */
const db = openReader(path);
const gone = openAbandoned(abandoned);
let current = 0;
const limits = { limitMs: readLimitMs, isAbandoned: () => gone.has(current) };
const rows = openReads(db, limits);
const reads = { ...rows, ...readyReads(rows) } as unknown as Readonly<
  Record<string, (...args: unknown[]) => Promise<unknown>>
>;

releaseMemoryOnceSettled();

parentPort?.on('message', (request: ReadRequest) => {
  void answer(request);
});

async function answer({ ticket, method, args }: ReadRequest): Promise<void> {
  current = ticket;
  try {
    if (gone.has(ticket)) throw new ReadAbandonedError();
    passReadGate(readGate);
    const value = await reads[method]?.(...args);
    reply({ ticket, ok: true, value });
  } catch (error) {
    const value = error instanceof Error ? error.message : String(error);
    reply({ ticket, ok: false, value, problem: problemOf(error) });
  }
}

function problemOf(error: unknown): NonNullable<ReadReply['problem']> {
  if (error instanceof ReadAbandonedError) return 'abandoned';
  return error instanceof ReadTimeoutError ? 'timeout' : 'failed';
}

function reply(message: ReadReply): void {
  const { value } = message;
  parentPort?.postMessage(
    message,
    value instanceof Uint8Array ? [value.buffer as ArrayBuffer] : [],
  );
}
