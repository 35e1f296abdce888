import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { figureOf, withoutBar, type Figure } from './figure.ts';
import type { LoadSettings } from './load-thread.ts';
import { measureReads } from './reads.ts';
import type { SeededIds } from './seed-sessions.ts';
import type { ServerProcess } from './server-process.ts';

const fullSeconds = 5;
// A bound: the load ends with the reads that it goes beside.
const halfSeconds = 600;

/** Each read again while half of what the server can take is being ingested, as a multiple of its idle p95. */
export async function measureMixed(
  server: ServerProcess,
  ids: SeededIds,
  runs: number,
  idle: readonly Figure[],
): Promise<readonly Figure[]> {
  const { port } = server;
  const fullRate = await rateOf(load({ port, seed: 1, seconds: fullSeconds }));
  const half = load({ port, seed: 100, seconds: halfSeconds, perSecond: fullRate / 2 });
  const heldRate = rateOf(half);
  const busy = await measureReads(server, ids, runs);
  half.postMessage('end');
  const figures = busy.map((figure, index) => {
    const name = figure.name.replace('reads', 'mixed');
    const ratio = figure.p95 / (idle[index]?.p95 ?? Number.NaN);
    return [
      { ...withoutBar(figure), name },
      figureOf(`${name}, of idle`, 'ratio', [ratio], '<= 3'),
    ];
  });
  return [
    figureOf('mixed, full rate', 'events/s', [fullRate]),
    figureOf('mixed, rate held', 'events/s', [await heldRate]),
    ...figures.flat(),
  ];
}

function load(settings: LoadSettings): Worker {
  return new Worker(new URL('load-thread.ts', import.meta.url), { workerData: settings });
}

/** Events per second that were acknowledged, once the load has ended. */
async function rateOf(worker: Worker): Promise<number> {
  const [rate] = await once(worker, 'message');
  return Number(rate);
}
