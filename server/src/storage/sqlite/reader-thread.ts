import { parentPort, workerData } from 'node:worker_threads';
import { releaseMemoryOnceSettled } from '../release-memory.ts';
import { openReader } from './connection.ts';
import { passReadGate } from './read-gate.ts';
import { ReadAbandonedError, ReadTimeoutError } from '../read-unavailable.ts';
import { openReads } from './reads.ts';
import { openAbandoned } from './abandoned-reads.ts';
import { readLimitMs } from './read-limit.ts';
import type { ReaderData, ReadReply, ReadRequest } from './reader-client.ts';

const { path, readGate, abandoned } = workerData as ReaderData;

/** Runs reads by name on a connection of its own, one after the other. */
const db = openReader(path);
const gone = openAbandoned(abandoned);
let current = 0;
const limits = { limitMs: readLimitMs, isAbandoned: () => gone.has(current) };
const reads = openReads(db, limits) as unknown as Readonly<
  Record<string, (...args: unknown[]) => Promise<unknown>>
>;

releaseMemoryOnceSettled();

parentPort?.on('message', (request: ReadRequest) => {
  void answer(request);
});

async function answer({ ticket, method, args }: ReadRequest): Promise<void> {
  passReadGate(readGate);
  current = ticket;
  try {
    if (gone.has(ticket)) throw new ReadAbandonedError();
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
  parentPort?.postMessage(message);
}
