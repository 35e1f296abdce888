import { Worker } from 'node:worker_threads';
import { ReadTimeoutError, ReadUnavailableError } from '../read-unavailable.ts';
import type { Reader } from '../reader.ts';
import { readLimitMs } from './read-limit.ts';

/** What a reader thread is started with. */
export interface ReaderOptions {
  readonly path: string;
  readonly readGate: SharedArrayBuffer;
}

/** One read on its way to a thread. */
export interface ReadRequest {
  readonly ticket: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** What came of it: the value, or the error's text. */
export interface ReadReply {
  readonly ticket: number;
  readonly ok: boolean;
  readonly value: unknown;
  readonly problem?: 'timeout' | 'ended';
}

/** Reader threads behind the port's reads. */
export interface ReaderPool {
  readonly reader: Reader;
  close(): Promise<void>;
}

interface Thread {
  worker: Worker;
  readonly waiting: Map<number, (reply: ReadReply) => void>;
}

/** Reads that may wait for one thread; one more is refused. */
const waitingReads = 1_000;

/** How long the place of a thread that ended stays empty, ms. */
const restartAfterMs = 100;

/** Starts a reader thread, and more up to `count` once reads wait; each read goes to the one with the fewest waiting. */
export function startReaders(options: ReaderOptions, count: number): ReaderPool {
  const pool = { isClosed: false };
  const threads = [startThread(options, pool)];
  let lastTicket = 0;
  const read = async (method: string, args: readonly unknown[]): Promise<unknown> => {
    if (pool.isClosed) throw new ReadUnavailableError('The storage is closed');
    const areBusy = threads.every(({ waiting }) => waiting.size > 0);
    if (areBusy && threads.length < count) threads.push(startThread(options, pool));
    const thread = threads.reduce((least, one) =>
      one.waiting.size < least.waiting.size ? one : least,
    );
    if (thread.waiting.size >= waitingReads) {
      const found = `${waitingReads} wait for each of ${count} readers`;
      throw new ReadUnavailableError(`Too many reads at once: ${found}`);
    }
    lastTicket += 1;
    const ticket = lastTicket;
    const reply = await new Promise<ReadReply>((resolve) => {
      thread.waiting.set(ticket, resolve);
      thread.worker.postMessage({ ticket, method, args } satisfies ReadRequest);
    });
    if (reply.ok) return reply.value;
    if (reply.problem === 'timeout') throw new ReadTimeoutError(readLimitMs);
    if (reply.problem === 'ended') throw new ReadUnavailableError(String(reply.value));
    throw new Error(`${method}() failed: ${String(reply.value)}`);
  };
  return {
    reader: readerOver(read),
    async close() {
      pool.isClosed = true;
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}

/** A thread that is started anew whenever it ends before the pool does. */
function startThread(options: ReaderOptions, pool: { readonly isClosed: boolean }): Thread {
  const thread: Thread = { worker: startWorker(options), waiting: new Map() };
  const follow = (worker: Worker) => {
    worker.on('message', (reply: ReadReply) => {
      const resolve = thread.waiting.get(reply.ticket);
      thread.waiting.delete(reply.ticket);
      resolve?.(reply);
    });
    // The end follows; unheard, an error would end the process.
    worker.on('error', () => {});
    worker.on('exit', () => {
      const value = 'The reader ended: ask again';
      const fail = () => {
        for (const [ticket, resolve] of thread.waiting) {
          resolve({ ticket, ok: false, value, problem: 'ended' });
        }
        thread.waiting.clear();
      };
      fail();
      if (pool.isClosed) return;
      setTimeout(() => {
        fail();
        if (pool.isClosed) return;
        thread.worker = startWorker(options);
        follow(thread.worker);
      }, restartAfterMs);
    });
  };
  follow(thread.worker);
  return thread;
}

function startWorker(options: ReaderOptions): Worker {
  return new Worker(new URL('./reader-thread.ts', import.meta.url), {
    workerData: options,
    resourceLimits: { maxYoungGenerationSizeMb: 16 },
  });
}

type Read = (method: string, args: readonly unknown[]) => Promise<unknown>;

/** Every method of the port by its name, carried to a thread. */
function readerOver(read: Read): Reader {
  const methods = new Map<string | symbol, (...args: unknown[]) => Promise<unknown>>();
  return new Proxy({} as Reader, {
    get(_, name) {
      // A promise looks for "then" on what it resolves to: a reader is no promise.
      if (typeof name === 'symbol' || name === 'then') return undefined;
      const known = methods.get(name) ?? ((...args: unknown[]) => read(name, args));
      methods.set(name, known);
      return known;
    },
  });
}
