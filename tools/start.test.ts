import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const key = 'nk_test_0123456789abcdef0123456789abcdef';
let data = '';
let started: ChildProcess | null = null;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'niitaka-start-'));
});

afterEach(async () => {
  // Asked, not killed: only the program itself can end the server that it started.
  if (started?.exitCode === null && started.kill('SIGTERM')) await once(started, 'exit');
  rmSync(data, { recursive: true, force: true });
});

interface Start {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  output(): string;
}

function start(command: string, args: readonly string[], port = 0): Start {
  const own = { NIITAKA_PORT: String(port), NIITAKA_DATA: data, NIITAKA_INITIAL_KEY: key };
  const env = { ...process.env, ...own };
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  started = child;
  const exited = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  return { child, exited, output: () => output };
}

async function untilReady(running: Start): Promise<string> {
  return until(running, () => /Niitaka is ready at (http:\S+)/.exec(running.output())?.[1]);
}

async function until<T>(
  running: Start,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = Date.now() + 50_000;
  while (Date.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited in vain; the output was:\n${running.output()}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function read<T>(url: string, path: string): Promise<readonly T[]> {
  const answer = await fetch(`${url}/api/v1${path}`, { headers: { 'x-api-key': key } });
  return ((await answer.json()) as { items: readonly T[] }).items;
}

describe('npm start', () => {
  test('serves without a terminal, ends with code 0 on SIGTERM, and keeps the data', async () => {
    const first = start('npm', ['start', '--silent']);
    const url = await untilReady(first);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/`)).headers.get('content-type')).toContain('text/html');
    first.child.kill('SIGTERM');
    expect(await first.exited).toBe(0);
    expect(existsSync(join(data, 'niitaka.db'))).toBe(true);
    const again = start(process.execPath, ['tools/start.mjs']);
    expect(await read(await untilReady(again), '/keys')).toHaveLength(1);
    again.child.kill('SIGTERM');
    expect(await again.exited).toBe(0);
  }, 120_000);

  test('runs sample agents with --demo, and ends their sessions and their key', async () => {
    const demo = start(process.execPath, ['tools/start.mjs', '--demo'], await freePort());
    const url = await untilReady(demo);
    await until(demo, async () => (await read(url, '/sessions?status=running'))[0]);
    expect((await read(url, '/sessions?status=done&tag=sample:true')).length).toBe(50);
    const policies = await read<{ id: string; agent_id: string | null }>(url, '/policies');
    expect(policies.map(({ id }) => id)).toContain('sample-loop-guard');
    expect(policies.filter((policy) => policy.agent_id === null)).toEqual([]);
    demo.child.kill('SIGTERM');
    expect(await demo.exited).toBe(0);
    const after = start(process.execPath, ['tools/start.mjs']);
    const again = await untilReady(after);
    expect(await read(again, '/sessions?status=running')).toEqual([]);
    const keys = await read<{ name: string; revoked_at: string | null }>(again, '/keys');
    expect(keys.find(({ name }) => name === 'Sample agents')?.revoked_at).not.toBeNull();
    after.child.kill('SIGTERM');
    expect(await after.exited).toBe(0);
  }, 120_000);

  test('says in one line what it does not understand', async () => {
    const refused = start(process.execPath, ['tools/start.mjs', '--dmeo']);
    expect(await refused.exited).toBe(1);
    expect(refused.output()).toBe('Cannot start: unknown argument --dmeo; there is only --demo.\n');
  });
});
