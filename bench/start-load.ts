import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { LoadSettings } from './load-thread.ts';

/** Events that are being sent by a thread beside what is measured. */
export interface RunningLoad {
  /** Events per second that were acknowledged, once it has ended. */
  readonly rate: Promise<number>;
  end(): void;
}

/** Starts a load in a thread of its own. */
export function startLoad(settings: LoadSettings): RunningLoad {
  const worker = new Worker(new URL('load-thread.ts', import.meta.url), { workerData: settings });
  return {
    rate: once(worker, 'message').then(([rate]) => Number(rate)),
    end: () => worker.postMessage('end'),
  };
}

/** What a server takes within some seconds, events per second. */
export function fullRateOf(port: number, seconds = 5): Promise<number> {
  return startLoad({ port, seed: 1, seconds }).rate;
}
