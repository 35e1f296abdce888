import { createDatabase } from '@niitaka/server/testing/postgres-database.ts';
import { figureOf, quantile, type Figure } from './figure.ts';
import { postFully } from './post-fully.ts';
import { startServer, type ServerProcess } from './server-process.ts';

/** One way of sending to processes over one database. */
interface Load {
  readonly processes: number;
  readonly batchSize: number;
  readonly connections: number;
  readonly rateBar?: string;
}

const loads: readonly Load[] = [
  { processes: 1, batchSize: 100, connections: 8 },
  { processes: 2, batchSize: 100, connections: 16, rateBar: '>= 12000' },
  { processes: 2, batchSize: 10, connections: 16 },
];

/** Durable events per second of server processes that share one PostgreSQL on this machine. */
export async function benchPostgres(seconds: number, runs: number): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const load of loads) {
    const measured: Measured[] = [];
    for (let run = 0; run < runs; run += 1) measured.push(await measureFresh(load, seconds));
    const { processes, batchSize, connections, rateBar } = load;
    const name = `postgres ${processes} processes ${batchSize} x ${connections}`;
    const of = (pick: (one: Measured) => number) => measured.map(pick);
    const perSecond = of((one) => one.perSecond);
    const cpuUs = of((one) => one.cpuUs);
    const ackP99Ms = of((one) => one.ackP99Ms);
    figures.push(figureOf(`${name} rate`, 'events/s', perSecond, rateBar));
    figures.push(figureOf(`${name} cpu of the servers`, 'µs/event', cpuUs));
    figures.push(figureOf(`${name} ack p99`, 'ms', ackP99Ms));
  }
  return figures;
}

interface Measured {
  readonly perSecond: number;
  readonly cpuUs: number;
  readonly ackP99Ms: number;
}

async function measureFresh(load: Load, seconds: number): Promise<Measured> {
  const database = await createDatabase({ isMeasured: true });
  const settings = { DATABASE_URL: database.url };
  const servers: ServerProcess[] = [];
  try {
    for (let one = 0; one < load.processes; one += 1) {
      servers.push(await startServer(undefined, settings));
    }
    await measure(servers, load, 1);
    return await measure(servers, load, seconds);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await database.drop();
  }
}

async function measure(
  servers: readonly ServerProcess[],
  load: Load,
  seconds: number,
): Promise<Measured> {
  const cpu = () => servers.reduce((sum, server) => sum + server.cpuMs(), 0);
  const cpuBefore = cpu();
  const startedAt = performance.now();
  const posted = await postFully(servers, load, seconds);
  const elapsedMs = performance.now() - startedAt;
  const events = posted.reduce((sum, one) => sum + one.events, 0);
  const latencies = posted.flatMap((one) => one.latenciesMs).toSorted((a, b) => a - b);
  return {
    perSecond: (events / elapsedMs) * 1000,
    cpuUs: ((cpu() - cpuBefore) * 1000) / events,
    ackP99Ms: quantile(latencies, 0.99),
  };
}
