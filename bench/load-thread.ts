import { parentPort, workerData } from 'node:worker_threads';
import { ingestBodies } from './ingest-bodies.ts';
import { postBatches, type Body } from './post-batches.ts';
import { benchKey } from './server-process.ts';

/** What a load thread is given. */
export interface LoadSettings {
  readonly port: number;
  /** Kept apart from the seeds of other loads on the same server. */
  readonly seed: number;
  /** It ends after this many seconds, or when it is sent any message. */
  readonly seconds: number;
  /** 8 when left out. */
  readonly connections?: number;
  /** Events per second of all connections together; as many as it can when left out. */
  readonly perSecond?: number;
}

const batchSize = 100;

const { port, seed, seconds, connections = 8, perSecond } = workerData as LoadSettings;
const ended = new AbortController();
parentPort?.on('message', () => ended.abort());
const startedAt = performance.now();
const posted = await Promise.all(
  Array.from({ length: connections }, (_, index) =>
    postBatches(
      port,
      benchKey,
      untilEnded(ingestBodies(seed + index, batchSize, Date.now)),
      startedAt + seconds * 1000,
      perSecond === undefined ? undefined : perSecond / connections,
    ),
  ),
);
const events = posted.reduce((sum, one) => sum + one.events, 0);
parentPort?.postMessage((events / (performance.now() - startedAt)) * 1000);
parentPort?.close();

function* untilEnded(bodies: Iterator<Body, never>): Generator<Body, undefined> {
  while (!ended.signal.aborted) yield bodies.next().value;
}
