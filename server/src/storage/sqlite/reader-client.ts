import { Worker } from 'node:worker_threads';
import { ReadTimeoutError } from '../read-timeout.ts';
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
  readonly timedOut?: boolean;
}

/** Reader threads behind the port's reads. */
export interface ReaderPool {
  readonly reader: Reader;
  close(): Promise<void>;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, (reply: ReadReply) => void>;
}

/** Starts reader threads; each read goes to the one with the fewest waiting. */
export function startReaders(options: ReaderOptions, count: number): ReaderPool {
  const threads = Array.from({ length: count }, () => startThread(options));
  let lastTicket = 0;
  const read = async (method: string, args: readonly unknown[]): Promise<unknown> => {
    const thread = threads.reduce((least, one) =>
      one.waiting.size < least.waiting.size ? one : least,
    );
    lastTicket += 1;
    const ticket = lastTicket;
    const reply = await new Promise<ReadReply>((resolve) => {
      thread.waiting.set(ticket, resolve);
      thread.worker.postMessage({ ticket, method, args } satisfies ReadRequest);
    });
    if (reply.timedOut === true) throw new ReadTimeoutError(readLimitMs);
    if (!reply.ok) throw new Error(`${method}() failed: ${String(reply.value)}`);
    return reply.value;
  };
  return {
    reader: readerOver(read),
    async close() {
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}

function startThread(options: ReaderOptions): Thread {
  const worker = new Worker(new URL('./reader-thread.ts', import.meta.url), {
    workerData: options,
    resourceLimits: { maxYoungGenerationSizeMb: 16 },
  });
  const waiting = new Map<number, (reply: ReadReply) => void>();
  worker.on('message', (reply: ReadReply) => {
    const resolve = waiting.get(reply.ticket);
    waiting.delete(reply.ticket);
    resolve?.(reply);
  });
  const fail = (reason: string) => {
    for (const [ticket, resolve] of waiting) resolve({ ticket, ok: false, value: reason });
    waiting.clear();
  };
  worker.on('error', (error) => fail(String(error)));
  worker.on('exit', () => fail('the reader is closed'));
  return { worker, waiting };
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
