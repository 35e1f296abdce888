import { askServer } from './ask-server.ts';
import { figureOf, type Figure } from './figure.ts';
import { ingestAgents } from './ingest-bodies.ts';
import { postFully, type FullLoad } from './post-fully.ts';
import { startServer, type ServerProcess } from './server-process.ts';
import { ownPolicies, sharedPolicies } from './twenty-policies.ts';

const loads: readonly FullLoad[] = [
  { batchSize: 100, connections: 8 },
  { batchSize: 10, connections: 8 },
];

/** Rounds on each pair of servers. Their loads are short, for what else a machine does changes within seconds. */
const rounds = 8;
const partOfLoad = 1 / 10;

const warmUpSeconds = 1;
const bar = '<= 1.15';

/**
 * What an event costs a server that asks 20 policies about each session, as a multiple of one that has none. Both run
 * at once and take the same load in turn, so that whatever else the machine does falls on both.
 */
export async function benchPolicies(seconds: number, runs: number): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const load of loads) {
    const measured: CpuUs[] = [];
    for (let run = 0; run < runs; run += 1) measured.push(...(await measurePair(load, seconds)));
    const name = (what: string) => `policies ${load.batchSize} x ${load.connections} ${what}`;
    const [without, having] = [
      measured.map((one) => one.without),
      measured.map((one) => one.having),
    ];
    const ratios = measured.map((one) => one.having / one.without);
    figures.push(figureOf(name('cpu without any'), 'µs/event', without));
    figures.push(figureOf(name('cpu with 20'), 'µs/event', having));
    figures.push(figureOf(name('with ÷ without'), 'ratio', ratios, bar));
  }
  return figures;
}

interface CpuUs {
  readonly without: number;
  readonly having: number;
}

async function measurePair(load: FullLoad, seconds: number): Promise<CpuUs[]> {
  const without = await startServer();
  const having = await startServer();
  try {
    await givePolicies(having);
    for (const server of [without, having]) await cpuOf(server, load, warmUpSeconds);
    const measured: CpuUs[] = [];
    const spend = (server: ServerProcess) => cpuOf(server, load, seconds * partOfLoad);
    for (let round = 0; round < rounds; round += 1) {
      // Each is first and last once, so that what drifts falls on both.
      const first = await spend(without);
      const inner = [await spend(having), await spend(having)] as const;
      const last = await spend(without);
      measured.push({ without: perEventUs(first, last), having: perEventUs(...inner) });
    }
    return measured;
  } finally {
    await Promise.all([without.stop(), having.stop()]);
  }
}

async function givePolicies(server: ServerProcess): Promise<void> {
  const policies = [...sharedPolicies(), ...ingestAgents.flatMap(ownPolicies)];
  for (const policy of policies) await askServer(server, 'POST', '/policies', policy);
}

interface Spent {
  readonly cpuMs: number;
  readonly events: number;
}

async function cpuOf(server: ServerProcess, load: FullLoad, seconds: number): Promise<Spent> {
  const before = server.cpuMs();
  const posted = await postFully([server], load, seconds);
  const events = posted.reduce((sum, one) => sum + one.events, 0);
  return { cpuMs: server.cpuMs() - before, events };
}

function perEventUs(one: Spent, other: Spent): number {
  return ((one.cpuMs + other.cpuMs) * 1000) / (one.events + other.events);
}
