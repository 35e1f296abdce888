import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findPython } from '../tools/setup/find-python.mjs';
import { hold, type Fault } from './fault.ts';
import { faultDirectory, openPlace } from './place.ts';
import { faultKey, type ServerUnderFault } from './server-under-fault.ts';

const eventsPerSecond = 100;
const memoryLimitMb = 50;

/** The server is away while agents of both languages work; then it comes back. */
export const outage: Fault = {
  name: 'outage',
  what: `server down at ${eventsPerSecond} events/s, both SDKs, for as many seconds`,
  gate: `0 lost, SDK memory < ${memoryLimitMb} MB more, drains in order`,
  engines: [],
  rounds: { full: 600, short: 2 },
  async run(seconds) {
    const place = await openPlace('sqlite');
    const port = await freePort();
    const python = await findPython();
    hold(python !== null, 'no Python >= 3.9 was found');
    const agents = [
      startAgent('TypeScript', process.execPath, 'outage-agent.ts', port, seconds),
      startAgent('Python', python ?? '', 'outage_agent.py', port, seconds),
    ];
    try {
      const told = await Promise.all(agents.map((agent) => agent.told));
      const server = await place.start({ NIITAKA_PORT: String(port) });
      try {
        await Promise.all(agents.map((agent) => agent.deliver()));
        for (const { sessionId } of told) await holdInOrder(server, sessionId, seconds);
        await place.holdCounters();
      } finally {
        await server.stop();
      }
      const count = eventsPerSecond * seconds;
      return told.map(({ name, mb }) => `${name}: ${count} events, ${mb.toFixed(1)} MB`).join('; ');
    } finally {
      for (const agent of agents) agent.end();
      await place.remove();
    }
  },
};

interface Told {
  readonly name: string;
  readonly sessionId: string;
  readonly mb: number;
}

function startAgent(name: string, runtime: string, program: string, port: number, seconds: number) {
  const state = faultDirectory();
  const args = [join(import.meta.dirname, program), String(eventsPerSecond), String(seconds)];
  const child = spawn(runtime, args, {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      PATH: process.env['PATH'],
      HOME: state.path,
      XDG_STATE_HOME: state.path,
      NIITAKA_URL: `http://127.0.0.1:${port}`,
      NIITAKA_API_KEY: faultKey,
    },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value } = await lines.next();
    hold(value !== undefined, `the agent in ${name} ended before its time`);
    return String(value);
  };
  return {
    told: next().then((line): Told => {
      const [sessionId = '', mb] = line.split(' ');
      hold(Number(mb) < memoryLimitMb, `the SDK in ${name} took ${mb} MB`);
      return { name, sessionId, mb: Number(mb) };
    }),
    async deliver() {
      child.stdin.write('\n');
      const flushed = await next();
      hold(/^true$/i.test(flushed), `the SDK in ${name} could not deliver: ${flushed}`);
    },
    end() {
      child.kill('SIGKILL');
      state.remove();
    },
  };
}

interface Page {
  readonly items: readonly { readonly seq: number | null; readonly data: { readonly n: number } }[];
  readonly next_after: number | null;
}

/** Pages come in the order in which the server stored them. */
async function holdInOrder(
  server: ServerUnderFault,
  sessionId: string,
  seconds: number,
): Promise<void> {
  const found: number[] = [];
  let after: number | null = 0;
  while (after !== null) {
    const path: string = `/sessions/${sessionId}/events?limit=500&after=${after}`;
    const page: Page = await server.get<Page>(path);
    found.push(...page.items.map(({ data }) => data.n));
    after = page.next_after;
  }
  const wanted = eventsPerSecond * seconds;
  hold(found.length === wanted, `${wanted} events were emitted, ${found.length} are stored`);
  const isInOrder = found.every((n, at) => n === at);
  hold(isInOrder, `events of session ${sessionId} were stored in another order`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
