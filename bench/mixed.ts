import { figureOf, withoutBar, type Figure } from './figure.ts';
import { measureReads } from './reads.ts';
import type { SeededIds } from './seed-sessions.ts';
import type { ServerProcess } from './server-process.ts';
import { fullRateOf, startLoad } from './start-load.ts';

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
  const fullRate = await fullRateOf(port);
  const half = startLoad({ port, seed: 100, seconds: halfSeconds, perSecond: fullRate / 2 });
  const busy = await measureReads(server, ids, runs);
  half.end();
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
    figureOf('mixed, rate held', 'events/s', [await half.rate]),
    ...figures.flat(),
  ];
}
