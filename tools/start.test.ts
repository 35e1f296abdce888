import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
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

afterEach(() => {
  started?.kill('SIGKILL');
  rmSync(data, { recursive: true, force: true });
});

interface Start {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  output(): string;
}

function start(command: string, args: readonly string[]): Start {
  const env = { ...process.env, NIITAKA_PORT: '0', NIITAKA_DATA: data, NIITAKA_INITIAL_KEY: key };
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

async function untilReady({ output }: Start): Promise<string> {
  const deadline = Date.now() + 50_000;
  while (Date.now() < deadline) {
    const url = /Niitaka is ready at (http:\S+)/.exec(output())?.[1];
    if (url !== undefined) return url;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the server did not start:\n${output()}`);
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
    const answer = await fetch(`${await untilReady(again)}/api/v1/keys`, {
      headers: { 'x-api-key': key },
    });
    expect(answer.status).toBe(200);
    again.child.kill('SIGTERM');
    expect(await again.exited).toBe(0);
  }, 120_000);

  test('says in one line what it does not understand', async () => {
    const refused = start(process.execPath, ['tools/start.mjs', '--dmeo']);
    expect(await refused.exited).toBe(1);
    expect(refused.output()).toBe('Cannot start: unknown argument --dmeo; there is only --demo.\n');
  });
});
