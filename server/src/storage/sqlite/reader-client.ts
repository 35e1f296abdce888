import { Worker } from 'node:worker_threads';
import { ReadAbandonedError, ReadTimeoutError, ReadUnavailableError } from '../read-unavailable.ts';
import type { ReadyReader } from '../ready-reader.ts';
import type { Reader } from '../reader.ts';
import { createAbandoned, openAbandoned, waitingReads, type Abandoned } from './abandoned-reads.ts';
import { readLimitMs } from './read-limit.ts';

/** What a reader thread is started with. */
interface ReaderOptions {
  readonly path: string;
  readonly readGate: SharedArrayBuffer;
}

/** The same, and the thread's program. */
export interface ReaderStart extends ReaderOptions {
  readonly script: URL;
}

/** The same, with the memory of its own that names the reads nobody waits for. */
export interface ReaderData extends ReaderOptions {
  readonly abandoned: SharedArrayBuffer;
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
  readonly problem?: 'timeout' | 'ended' | 'abandoned' | 'failed';
}

/** Reader threads behind the port's reads. */
export interface ReaderPool {
  readonly reader: Reader;
  /** The same reads, given up once the signal says that nobody waits for them. */
  readerUntil(gone: AbortSignal): Reader;
  /** Answers made ready in a thread, given up in the same way. */
  readyUntil(gone: AbortSignal): ReadyReader;
  close(): Promise<void>;
}

interface Thread {
  worker: Worker;
  lastTicket: number;
  readonly abandoned: Abandoned;
  readonly waiting: Map<number, (reply: ReadReply) => void>;
}

/** How long the place of a thread that ended stays empty, ms. */
const restartAfterMs = 100;

/** Starts a reader thread, and more up to `count` once reads wait; each read goes to the one with the fewest waiting. */
export function startReaders(options: ReaderStart, count: number): ReaderPool {
  const pool = { isClosed: false };
  const threads = [startThread(options, pool)];
  const read = async (
    method: string,
    args: readonly unknown[],
    gone: AbortSignal | null,
  ): Promise<unknown> => {
    if (gone?.aborted === true) throw new ReadAbandonedError();
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
    thread.lastTicket += 1;
    const ticket = thread.lastTicket;
    const abandon = () => thread.abandoned.add(ticket);
    gone?.addEventListener('abort', abandon);
    const reply = await new Promise<ReadReply>((resolve) => {
      thread.waiting.set(ticket, resolve);
      thread.worker.postMessage({ ticket, method, args } satisfies ReadRequest);
    });
    gone?.removeEventListener('abort', abandon);
    if (reply.ok) return reply.value;
    if (reply.problem === 'abandoned') throw new ReadAbandonedError();
    if (reply.problem === 'timeout') throw new ReadTimeoutError(readLimitMs);
    if (reply.problem === 'ended') throw new ReadUnavailableError(String(reply.value));
    throw new Error(`${method}() failed: ${String(reply.value)}`);
  };
  return {
    reader: readerOver<Reader>((method, args) => read(method, args, null)),
    readerUntil: (gone) => readerOver<Reader>((method, args) => read(method, args, gone)),
    readyUntil: (gone) => readerOver<ReadyReader>((method, args) => read(method, args, gone)),
    async close() {
      pool.isClosed = true;
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}

/** A thread that is started anew whenever it ends before the pool does. */
function startThread(
  { script, ...options }: ReaderStart,
  pool: { readonly isClosed: boolean },
): Thread {
  const data: ReaderData = { ...options, abandoned: createAbandoned() };
  const thread: Thread = {
    worker: startWorker(script, data),
    lastTicket: 0,
    abandoned: openAbandoned(data.abandoned),
    waiting: new Map(),
  };
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
        thread.worker = startWorker(script, data);
        follow(thread.worker);
      }, restartAfterMs);
    });
  };
  follow(thread.worker);
  return thread;
}

function startWorker(script: URL, data: ReaderData): Worker {
  return new Worker(script, {
    workerData: data,
    resourceLimits: { maxYoungGenerationSizeMb: 16 },
  });
}

type Read = (method: string, args: readonly unknown[]) => Promise<unknown>;

/** Every method of the port by its name, carried to a thread. */
function readerOver<Methods extends object>(read: Read): Methods {
  const methods = new Map<string | symbol, (...args: unknown[]) => Promise<unknown>>();
  return new Proxy({} as Methods, {
    get(_, name) {
      // A promise looks for "then" on what it resolves to: a reader is no promise.
      if (typeof name === 'symbol' || name === 'then') return undefined;
      const known = methods.get(name) ?? ((...args: unknown[]) => read(name, args));
      methods.set(name, known);
      return known;
    },
  });
}
