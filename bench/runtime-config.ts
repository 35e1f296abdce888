import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { askServer } from './ask-server.ts';
import { figureOf, quantile, type Figure } from './figure.ts';
import { startServer, type ServerProcess } from './server-process.ts';
import { timedGet } from './timed-get.ts';

const agents = Array.from({ length: 40 }, (_, n) => `agent-${n}`);
const connections = 4;
const perSecond = 200;

/** How long an agent waits for what it is to run by (A4): a moderate rate, each connection at its own pace. */
export async function benchRuntimeConfig(
  seconds: number,
  runs: number,
): Promise<readonly Figure[]> {
  const server = await startServer();
  try {
    await makeAgents(server);
    for (const agent of agents) await activateVersion(server, agent);
    await readConfigs(server, 1);
    const rounds: (readonly number[])[] = [];
    for (let run = 0; run < runs; run += 1) rounds.push(await readConfigs(server, seconds));
    const name = `runtime config, ${perSecond} a second on ${connections} connections`;
    const p99 = rounds.map((took) => quantile(took, 0.99));
    return [figureOf(name, 'ms', rounds.flat()), figureOf(`${name}, p99`, 'ms', p99, '<= 5')];
  } finally {
    await server.stop();
  }
}

/** An agent is made by its first session (A1). */
async function makeAgents(server: ServerProcess): Promise<void> {
  const startedAt = new Date().toISOString();
  const records = agents.map((agent) => ({
    kind: 'session.start',
    session_id: randomUUID(),
    agent_id: agent,
    started_at: startedAt,
  }));
  await askServer(server, 'POST', '/ingest', { sent_at: startedAt, records });
}

async function activateVersion(server: ServerProcess, agent: string): Promise<void> {
  const path = `/agents/${agent}/versions`;
  const prompt = { system_prompt: 'You answer tickets in the words of the customer. '.repeat(20) };
  const content = { model: 'gpt-5', temperature: 0.2, max_tokens: 2_000, ...prompt };
  const made = (await askServer(server, 'POST', path, content)) as { number: number };
  await askServer(server, 'POST', `${path}/${made.number}/activate`);
}

/** How long each answer took, sorted, ms. */
async function readConfigs({ port }: ServerProcess, seconds: number): Promise<readonly number[]> {
  const count = (seconds * perSecond) / connections;
  const everyMs = (1000 * connections) / perSecond;
  const read = async (_: unknown, connection: number) => {
    const http = new Agent({ keepAlive: true, maxSockets: 1 });
    const took: number[] = [];
    // Side by side, not all at once.
    const startedAt = performance.now() + (everyMs * connection) / connections;
    for (let asked = 0; asked < count; asked += 1) {
      await pause(Math.max(0, startedAt + asked * everyMs - performance.now()));
      const agent = agents[(asked * connections + connection) % agents.length];
      took.push(await timedGet(port, http, `/runtime-config?agent_id=${agent}`));
    }
    http.destroy();
    return took;
  };
  const all = await Promise.all(Array.from({ length: connections }, read));
  return all.flat().toSorted((one, other) => one - other);
}
