import { driverBaseline } from './driver-baseline.ts';
import { figureOf, quantile, type Figure } from './figure.ts';
import { postFully } from './post-fully.ts';
import { benchKey, startServer, type ServerProcess } from './server-process.ts';

/** One way of sending: events to a batch, connections at once, and the bars it must reach. */
interface Load {
  readonly batchSize: number;
  readonly connections: number;
  readonly rateBar?: string;
  readonly cpuBar?: string;
}

const loads: readonly Load[] = [
  { batchSize: 100, connections: 8, rateBar: '>= 25000', cpuBar: '<= 40' },
  { batchSize: 10, connections: 8, rateBar: '>= 12000', cpuBar: '<= 75' },
  { batchSize: 100, connections: 64 },
  { batchSize: 10, connections: 64 },
];

/** Durable events per second over HTTP, what they cost, and how that compares with the bare driver. */
export async function benchIngest(seconds: number, runs: number): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  const bare = Array.from({ length: runs }, () => driverBaseline(seconds / 2));
  figures.push(figureOf('driver baseline', 'events/s', bare));
  for (const load of loads) figures.push(...(await benchLoad(load, seconds, runs, bare)));
  return figures;
}

async function benchLoad(
  load: Load,
  seconds: number,
  runs: number,
  bare: readonly number[],
): Promise<Figure[]> {
  const measured: Measured[] = [];
  for (let run = 0; run < runs; run += 1) {
    const server = await startServer();
    await measure(server, load, 1);
    measured.push(await measure(server, load, seconds));
    await server.stop();
  }
  const { batchSize, connections, rateBar, cpuBar } = load;
  const name = (what: string) => `ingest ${batchSize} x ${connections} ${what}`;
  const of = (pick: (one: Measured) => number) => measured.map(pick);
  const baseline = quantile(
    bare.toSorted((a, b) => a - b),
    0.5,
  );
  const bars = connections === 8;
  return [
    figureOf(
      name('rate'),
      'events/s',
      of((one) => one.perSecond),
      rateBar,
    ),
    figureOf(
      name('of the bare driver'),
      'ratio',
      of((one) => one.perSecond / baseline),
      rateBar !== undefined && batchSize === 100 ? '>= 0.7' : undefined,
    ),
    figureOf(
      name('cpu'),
      'µs/event',
      of((one) => one.cpuUs),
      cpuBar,
    ),
    figureOf(
      name('ack p99'),
      'ms',
      of((one) => one.ackP99Ms),
      bars ? '<= 50' : undefined,
    ),
    figureOf(
      name('peak memory'),
      'MB',
      of((one) => one.peakMb),
      bars ? '<= 280' : undefined,
    ),
    figureOf(
      name('loop delay p99'),
      'ms',
      of((one) => one.loopMs),
      bars ? '<= 12' : undefined,
    ),
  ];
}

interface Measured {
  readonly perSecond: number;
  readonly cpuUs: number;
  readonly ackP99Ms: number;
  readonly peakMb: number;
  readonly loopMs: number;
}

async function measure(server: ServerProcess, load: Load, seconds: number): Promise<Measured> {
  const cpuBefore = server.cpuMs();
  const startedAt = performance.now();
  const posted = await postFully([server], load, seconds);
  const elapsedMs = performance.now() - startedAt;
  const events = posted.reduce((sum, one) => sum + one.events, 0);
  const latencies = posted.flatMap((one) => one.latenciesMs).toSorted((a, b) => a - b);
  return {
    perSecond: (events / elapsedMs) * 1000,
    cpuUs: ((server.cpuMs() - cpuBefore) * 1000) / events,
    ackP99Ms: quantile(latencies, 0.99),
    peakMb: server.peakMb(),
    loopMs: await loopDelayP99Ms(server),
  };
}

async function loopDelayP99Ms({ port }: ServerProcess): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`, {
    headers: { 'x-api-key': benchKey },
  });
  const found = /^niitaka_event_loop_delay_p99_seconds (\S+)/m.exec(await answer.text());
  return Number(found?.[1]) * 1000;
}

if (import.meta.main) {
  const seconds = Number(process.argv[2] ?? 5);
  const runs = Number(process.argv[3] ?? 3);
  for (const figure of await benchIngest(seconds, runs)) console.log(JSON.stringify(figure));
}
