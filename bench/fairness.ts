import { setTimeout as pause } from 'node:timers/promises';
import { askServer } from './ask-server.ts';
import { figureOf, quantile, type Figure } from './figure.ts';
import { ingestBodies } from './ingest-bodies.ts';
import { postBatches, type Posted } from './post-batches.ts';
import { startServer, type ServerProcess } from './server-process.ts';
import { startLoad } from './start-load.ts';

/** The noisy key sends as fast as it can over this many connections; the quiet one over one, at a pace. */
const noisyConnections = 64;
const quietBatch = 10;
const quietPerSecond = 400;

/** How long a quiet key waits for its answers alone, and beside a key that fills the queue. */
export async function benchFairness(seconds: number, runs: number): Promise<readonly Figure[]> {
  const alone: number[] = [];
  const beside: number[] = [];
  const rates: number[] = [];
  const peaks: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const server = await startServer();
    const quietKey = await makeKey(server, 'quiet');
    await quietLoad(server, quietKey, 1);
    alone.push(p99((await quietLoad(server, quietKey, seconds)).latenciesMs));
    const noisy = noisyLoad(server, seconds + 1);
    await pause(500);
    beside.push(p99((await quietLoad(server, quietKey, seconds)).latenciesMs));
    rates.push(await noisy);
    peaks.push(server.peakMb());
    await server.stop();
  }
  const ratios = beside.map((one, at) => one / (alone[at] ?? Number.NaN));
  return [
    figureOf('ingest fairness ack p99 of a quiet key alone', 'ms', alone),
    figureOf('ingest fairness ack p99 of it beside a noisy key', 'ms', beside),
    figureOf('ingest fairness beside ÷ alone', 'ratio', ratios, '<= 2'),
    figureOf('ingest fairness rate of the noisy key', 'events/s', rates),
    figureOf('ingest fairness peak memory', 'MB', peaks, '<= 280'),
  ];
}

function p99(latenciesMs: readonly number[]): number {
  return quantile(
    latenciesMs.toSorted((a, b) => a - b),
    0.99,
  );
}

async function makeKey(server: ServerProcess, name: string): Promise<string> {
  const made = await askServer(server, 'POST', '/keys', { name, scopes: ['ingest'] });
  return (made as { key: string }).key;
}

function quietLoad({ port }: ServerProcess, key: string, seconds: number): Promise<Posted> {
  const startedAt = performance.now();
  const bodies = ingestBodies(Math.floor(startedAt), quietBatch, Date.now);
  return postBatches(port, key, bodies, startedAt + seconds * 1000, quietPerSecond);
}

/** From a thread of its own: the quiet sender shall wait for the server, not for its neighbour. */
function noisyLoad({ port }: ServerProcess, seconds: number): Promise<number> {
  const seed = Math.floor(performance.now()) * noisyConnections;
  return startLoad({ port, seed, seconds, connections: noisyConnections }).rate;
}

if (import.meta.main) {
  const seconds = Number(process.argv[2] ?? 5);
  const runs = Number(process.argv[3] ?? 3);
  for (const figure of await benchFairness(seconds, runs)) console.log(JSON.stringify(figure));
}
