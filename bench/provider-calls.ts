import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { completion } from '../sdk-typescript/src/testing/openai-frames.ts';
import { askServer } from './ask-server.ts';
import { figureOf, type Figure } from './figure.ts';
import { benchKey, startServer, type ServerProcess } from './server-process.ts';
import { ownPolicies, sharedPolicies } from './twenty-policies.ts';

const agent = 'caller';
const calls = 400;
const rounds = 9;
const bar = '<= 200';

/** What recording adds to a call of a provider that answers at once, in both languages, without and with policies. */
export async function benchProviderCalls(): Promise<readonly Figure[]> {
  const server = await startServer();
  try {
    const without = await timeLanguages(server, '');
    for (const policy of [...sharedPolicies(), ...ownPolicies(agent)]) {
      await askServer(server, 'POST', '/policies', policy);
    }
    return [...without, ...(await timeLanguages(server, ' with 20 policies'))];
  } finally {
    await server.stop();
  }
}

async function timeLanguages(server: ServerProcess, how: string): Promise<readonly Figure[]> {
  const typescript = await timeCalls(server, process.execPath, 'time-calls.ts');
  const python = await timeCalls(server, 'python3', 'time_calls.py');
  return [
    figureOf(`provider call, TypeScript SDK adds${how}`, 'µs', typescript, bar),
    figureOf(`provider call, Python SDK adds${how}`, 'µs', python, bar),
  ];
}

async function timeCalls(
  { port }: ServerProcess,
  command: string,
  program: string,
): Promise<readonly number[]> {
  const state = mkdtempSync(join(tmpdir(), 'niitaka-bench-'));
  const args = [join(import.meta.dirname, program), agent, `${calls}`, `${rounds}`];
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...process.env,
      XDG_STATE_HOME: state,
      NIITAKA_API_KEY: benchKey,
      NIITAKA_URL: `http://127.0.0.1:${port}`,
    },
  });
  const ended = once(child, 'exit');
  child.stdin.end(JSON.stringify(completion));
  const said = await text(child.stdout);
  const [code] = await ended;
  rmSync(state, { recursive: true, force: true });
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${said}`);
  return JSON.parse(said.trim().split('\n').at(-1) ?? '') as number[];
}
