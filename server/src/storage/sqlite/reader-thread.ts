import { parentPort, workerData } from 'node:worker_threads';
import { releaseMemoryOnceSettled } from '../release-memory.ts';
import { openReader } from './connection.ts';
import { passReadGate } from './read-gate.ts';
import { ReadTimeoutError } from '../read-unavailable.ts';
import { openReads } from './reads.ts';
import type { ReaderOptions, ReadReply, ReadRequest } from './reader-client.ts';

const { path, readGate } = workerData as ReaderOptions;

/** Runs reads by name on a connection of its own, one after the other. */
const db = openReader(path);
const reads = openReads(db) as unknown as Readonly<
  Record<string, (...args: unknown[]) => Promise<unknown>>
>;

releaseMemoryOnceSettled();

parentPort?.on('message', (request: ReadRequest) => {
  void answer(request);
});

async function answer({ ticket, method, args }: ReadRequest): Promise<void> {
  passReadGate(readGate);
  try {
    const value = await reads[method]?.(...args);
    reply({ ticket, ok: true, value });
  } catch (error) {
    const value = error instanceof Error ? error.message : String(error);
    const isTimeout = error instanceof ReadTimeoutError;
    reply({ ticket, ok: false, value, ...(isTimeout ? { problem: 'timeout' } : {}) });
  }
}

function reply(message: ReadReply): void {
  parentPort?.postMessage(message);
}
