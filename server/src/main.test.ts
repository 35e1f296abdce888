import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, test } from 'vitest';
import { runProgram, type Program } from './testing/run-program.ts';

let programs: Program[] = [];

afterEach(async () => {
  for (const { child } of programs) child.kill('SIGKILL');
  await Promise.all(programs.map((program) => program.ended()));
  programs = [];
});

function start(args: string[] = [], settings: Record<string, string> = {}): Program {
  const program = runProgram(args, settings);
  programs.push(program);
  return program;
}

const freshDirectory = () => mkdtempSync(join(tmpdir(), 'niitaka-'));
const key = 'nk_test_0123456789abcdef0123456789abcdef';

describe('the first start (O3)', () => {
  test('prints address, key, snippet and a link that signs in; the second keeps the data', async () => {
    const first = start();
    const url = await first.ready();
    const made = /API key \(shown once\): (nk_[\w-]{43})\n/.exec(first.stdout())?.[1] ?? '';
    expect(first.stdout()).toContain(`configure({ apiUrl: '${url}', apiKey: '${made}' });`);
    const token = /\/sign-in\?token=([\w-]{43})\n/.exec(first.stdout())?.[1] ?? '';
    const signedIn = await fetch(`${url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    expect(await signedIn.json()).toMatchObject({ role: 'admin', person: { name: 'Admin' } });
    const asked = await fetch(`${url}/api/v1/session`, { headers: { 'x-api-key': made } });
    expect(asked.status).toBe(200);
    first.child.kill('SIGTERM');
    expect(await first.ended()).toBe(0);

    const second = start([], { NIITAKA_DATA: first.dataDir, NIITAKA_INITIAL_KEY: key });
    const again = await second.ready();
    expect(second.stdout()).not.toContain('API key');
    expect(second.stdout()).not.toContain('sign-in');
    const kept = await fetch(`${again}/api/v1/keys`, { headers: { 'x-api-key': made } });
    expect(((await kept.json()) as { items: unknown[] }).items.length).toBe(1);
  });
});

describe('what keeps it from starting is one sentence', () => {
  test('settings that cannot be used, all at once', async () => {
    const program = start([], { NIITAKA_PORT: 'http', NIITAKA_STALE_AFTER: '5' });
    expect(await program.ended()).toBe(2);
    expect(program.stderr()).toBe(
      'NIITAKA_PORT must be a whole number from 0 to 65535: found "http"\n' +
        'NIITAKA_STALE_AFTER must be a whole number of seconds from 30 to 86400: found "5"\n',
    );
  });

  test('a command it does not know', async () => {
    const program = start(['frobnicate']);
    expect(await program.ended()).toBe(2);
    expect(program.stderr()).toMatch(/^There is no command "frobnicate"\n\nUsage: niitaka/);
  });

  test('a port that another program holds', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const program = start([], { NIITAKA_PORT: String(port) });
    expect(await program.ended()).toBe(1);
    expect(program.stderr()).toBe(
      `Cannot listen on 127.0.0.1 port ${port}: another program holds it. Stop that program, or set NIITAKA_PORT to another port (0 picks one).\n`,
    );
    other.close();
  });

  test('a database that another server holds', async () => {
    const first = start();
    await first.ready();
    const second = start([], { NIITAKA_DATA: first.dataDir });
    expect(await second.ended()).toBe(1);
    expect(second.stderr()).toBe(
      `Cannot use the database ${first.dataDir}/niitaka.db: another server holds it. Stop that server, or set NIITAKA_DATA to another directory.\n`,
    );
  });

  test('a file that is no database', async () => {
    const directory = freshDirectory();
    writeFileSync(
      join(directory, 'niitaka.db'),
      'not a database, but long enough for a header '.repeat(300),
    );
    const program = start([], { NIITAKA_DATA: directory });
    expect(await program.ended()).toBe(1);
    expect(program.stderr()).toMatch(/^Cannot .*niitaka\.db.*\n$/);
    expect(program.stderr().split('\n').length).toBe(2);
  });

  test('a database of a newer program', async () => {
    const directory = freshDirectory();
    const db = new Database(join(directory, 'niitaka.db'));
    db.pragma('user_version = 9999');
    db.close();
    const program = start([], { NIITAKA_DATA: directory });
    expect(await program.ended()).toBe(1);
    expect(program.stderr()).toMatch(/^Cannot use the database .*schema version 9999.*\n$/);
  });

  test('a directory that cannot be made', async () => {
    const directory = freshDirectory();
    writeFileSync(join(directory, 'file'), '');
    chmodSync(join(directory, 'file'), 0o400);
    const program = start([], { NIITAKA_DATA: join(directory, 'file', 'data') });
    expect(await program.ended()).toBe(1);
    expect(program.stderr()).toMatch(/^Cannot make the directory .*\n$/);
  });
});

describe('stopping', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s answers what was asked, then ends with 0',
    async (signal) => {
      const program = start([], { NIITAKA_INITIAL_KEY: key });
      const url = await program.ready();
      const { hostname, port } = new URL(url);
      const body = JSON.stringify({ records: [] });
      const socket = connect(Number(port), hostname);
      let answer = '';
      socket.setEncoding('utf8').on('data', (text: string) => {
        answer += text;
      });
      const head = `POST /api/v1/ingest HTTP/1.1\r\nhost: ${hostname}\r\nx-api-key: ${key}\r\n`;
      socket.write(
        `${head}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`,
      );
      // The request has begun; its body comes after the signal.
      await expect
        .poll(async () => (await fetch(`${url}/metrics`)).text())
        .toContain('niitaka_http_requests_total');
      program.child.kill(signal);
      setTimeout(() => socket.write(body), 150);
      expect(await program.ended()).toBe(0);
      expect(answer).toContain('HTTP/1.1 200 OK');
      expect(answer).toContain('"accepted":0');
    },
  );

  test('everything is in the file: no log is left beside it', async () => {
    const program = start([], { NIITAKA_INITIAL_KEY: key });
    await program.ready();
    program.child.kill('SIGTERM');
    expect(await program.ended()).toBe(0);
    const db = new Database(join(program.dataDir, 'niitaka.db'), { readonly: true });
    expect(db.prepare('SELECT count(*) FROM organisations').pluck().get()).toBe(1);
    db.close();
  });
});

describe('sub-commands', () => {
  test('link prints a link beside a running server; verify finds no difference', async () => {
    const server = start([], { NIITAKA_INITIAL_KEY: key });
    const url = await server.ready();
    const settings = { NIITAKA_DATA: server.dataDir };
    const link = start(['link', '--name', 'Ada'], settings);
    expect(await link.ended()).toBe(0);
    expect(link.stdout()).toMatch(/^Signs Ada in, once, within 15 minutes:\n {2}http/);
    const printed = new URL(link.stdout().split('\n')[1]?.trim() ?? '');
    expect(printed.origin).toBe(url);
    const token = printed.searchParams.get('token');
    const signedIn = await fetch(`${url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    expect(await signedIn.json()).toMatchObject({ role: 'admin', person: { name: 'Ada' } });
    const verify = start(['verify'], settings);
    expect(await verify.ended()).toBe(0);
    expect(verify.stdout()).toBe('Verified 0 sessions with 0 events: 0 differences\n');
  });

  test.each([['link'], ['verify']])('%s without a database says so', async (command) => {
    const program = start([command]);
    expect(await program.ended()).toBe(1);
    expect(program.stderr()).toMatch(/^There is no database in .*NIITAKA_DATA.*\n$/);
  });

  test('--help and --version', async () => {
    const help = start(['--help']);
    expect(await help.ended()).toBe(0);
    expect(help.stdout()).toMatch(/^Usage: niitaka/);
    const version = start(['--version']);
    expect(await version.ended()).toBe(0);
    expect(version.stdout()).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('compiled code', () => {
  test('is kept between starts, also of the first file: a later start compiles no types', async () => {
    const settings = { TMPDIR: freshDirectory(), NODE_DEBUG_NATIVE: 'COMPILE_CACHE' };
    const first = start(['--version'], settings);
    expect(await first.ended()).toBe(0);
    const second = start(['--version'], settings);
    expect(await second.ended()).toBe(0);
    const typed = second.stderr().match(/^.*retrieving transpile cache for.*$/gm) ?? [];
    expect(typed.length).toBeGreaterThan(0);
    expect(typed.filter((line) => !line.endsWith('success'))).toEqual([]);
    expect(typed.join()).toContain('/server/src/main.ts');
  });
});
