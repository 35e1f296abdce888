import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { lockFile, markBackup } from './file-lock.ts';
import { openStore } from '../../testing/open-store.ts';
import { iso, noonMs, sessionId, start, tool } from '../../testing/records.ts';
import { runProgram, type Program } from '../../testing/run-program.ts';

// Each test runs several processes.
vi.setConfig({ testTimeout: 60_000 });

const key = 'nk_test_0123456789abcdef0123456789abcdef';
const freshDirectory = () => mkdtempSync(join(tmpdir(), 'niitaka-'));

let programs: Program[] = [];
let place: string;
let backup: string;

beforeEach(() => {
  place = freshDirectory();
  backup = join(place, 'backup.db');
});

afterEach(async () => {
  for (const { child } of programs) child.kill('SIGKILL');
  await Promise.all(programs.map((program) => program.ended()));
  programs = [];
});

function run(args: string[], settings: Record<string, string> = {}): Program {
  const program = runProgram(args, { NIITAKA_INITIAL_KEY: key, ...settings });
  programs.push(program);
  return program;
}

/** Runs a command to its end; answers its code and what it said. */
async function said(args: string[], dataDir: string, settings: Record<string, string> = {}) {
  const program = run(args, { NIITAKA_DATA: dataDir, ...settings });
  const code = await program.ended();
  return { code, out: program.stdout(), err: program.stderr() };
}

/** Sends sessions of ten events, one batch each, until told to stop; answers how many were acknowledged. */
function keepSending(url: string): { acknowledged: () => number; stop(): Promise<void> } {
  const stopping = new AbortController();
  let acknowledged = 0;
  const headers = { 'x-api-key': key, 'content-type': 'application/json' };
  const loop = async () => {
    for (let number = 1; !stopping.signal.aborted; number += 1) {
      const events = Array.from({ length: 10 }, (_, event) =>
        tool(number, number * 10 + event, { data: { input: 'x'.repeat(2_000) } }),
      );
      const records = [start(number, { started_at: iso(Date.now()) }), ...events];
      const body = JSON.stringify({ records });
      const { status } = await fetch(`${url}/api/v1/ingest`, { method: 'POST', headers, body });
      if (status !== 200) throw new Error(`ingest answered ${status}`);
      acknowledged = number;
    }
  };
  const sending = loop();
  return {
    acknowledged: () => acknowledged,
    async stop() {
      stopping.abort();
      await sending;
    },
  };
}

/** A data directory with one session in its database. */
async function storedDirectory(number = 1): Promise<string> {
  const directory = freshDirectory();
  const store = openStore(noonMs);
  await store.ingest([start(number), tool(number, number)]);
  store.db.pragma('wal_checkpoint(TRUNCATE)');
  copyFileSync(store.path, join(directory, 'niitaka.db'));
  store.close();
  return directory;
}

function sessionsIn(path: string): string[] {
  const db = new Database(path, { readonly: true });
  const ids = db.prepare('SELECT lower(hex(id)) FROM sessions ORDER BY 1').pluck().all();
  db.close();
  return ids as string[];
}

const hex = (number: number) => sessionId(number).replaceAll('-', '');

describe('niitaka backup', () => {
  test('holds all that was acknowledged before, while the server goes on writing (storage)', async () => {
    const server = run([]);
    const sender = keepSending(await server.ready());
    await expect.poll(sender.acknowledged, { timeout: 20_000 }).toBeGreaterThan(100);
    const before = sender.acknowledged();
    const made = await said(['backup', backup], server.dataDir);
    const after = sender.acknowledged();
    await sender.stop();
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(made.out).toMatch(
      /^Backed up \d+ sessions with \d+ events to .*backup\.db \(.* checked\)\n$/,
    );
    const kept = sessionsIn(backup);
    expect(kept.length).toBeGreaterThanOrEqual(before);
    expect(kept.length).toBeLessThanOrEqual(after + 1);
    expect(kept.slice(0, before)).toEqual(Array.from({ length: before }, (_, one) => hex(one + 1)));
    expect(readdirSync(place)).toEqual(['backup.db']);
    expect(statSync(backup).mode & 0o777).toBe(0o600);
    expect(readdirSync(server.dataDir).filter((name) => name.includes('backup'))).toEqual([]);

    const other = freshDirectory();
    expect(await said(['restore', backup], other)).toMatchObject({ code: 0, err: '' });
    const verified = await said(['verify'], other);
    expect(verified.out).toBe(
      `Verified ${kept.length} sessions with ${kept.length * 10} events: 0 differences\n`,
    );
  });

  test('refuses a file that is there, a directory that is not, and a second one at once', async () => {
    const data = await storedDirectory();
    writeFileSync(backup, 'mine');
    expect((await said(['backup', backup], data)).err).toBe(
      `Cannot back up to ${backup}: there is a file already. Remove it, or name another.\n`,
    );
    expect(readFileSync(backup, 'utf8')).toBe('mine');
    const nowhere = join(place, 'none', 'b.db');
    expect(await said(['backup', nowhere], data)).toMatchObject({
      code: 1,
      err: `Cannot write ${nowhere}.part: there is no directory ${join(place, 'none')}. Make it, or name another file.\n`,
    });
    const mark = markBackup(join(data, 'niitaka.db'));
    const second = await said(['backup', join(place, 'c.db')], data);
    expect(second.err).toContain('another backup of it is running. Wait until it has ended.');
    mark.close();
    expect((await said(['backup', join(place, 'c.db')], data)).code).toBe(0);
  });

  test('leaves nothing where the disk is full', async () => {
    const data = await storedDirectory();
    const main = fileURLToPath(new URL('../../../niitaka.mjs', import.meta.url));
    const ran = spawnSync(
      'sh',
      ['-c', `ulimit -f 100; exec "$0" "$@"`, process.execPath, main, 'backup', backup],
      {
        env: {
          NIITAKA_DATA: data,
          PATH: process.env['PATH'] ?? '',
          NODE_DISABLE_COMPILE_CACHE: '1',
        },
        encoding: 'utf8',
      },
    );
    expect(ran.status).toBe(1);
    expect(ran.stderr).toMatch(/^Cannot .*backup\.db\.part: .*\n$/);
    expect(readdirSync(place)).toEqual([]);
  });

  test('says of a database server which program to use instead', async () => {
    const settings = { DATABASE_URL: 'postgres://me:secret@127.0.0.1:1/niitaka' };
    const made = await said(['backup', "it's.dump"], place, settings);
    expect(made.err).toBe(
      `Cannot back up a database server: PostgreSQL has a program of its own for it. Run: pg_dump --format=custom --file='it'\\''s.dump' "$DATABASE_URL"\n`,
    );
    const restored = await said(['restore', 'a.dump'], place, settings);
    expect(restored.err).toContain(
      'Run: pg_restore --clean --if-exists --no-owner --dbname="$DATABASE_URL" a.dump\n',
    );
  });
});

describe('niitaka restore', () => {
  test('refuses over data without --replace, and while a server holds it', async () => {
    const [data, other] = [await storedDirectory(1), await storedDirectory(2)];
    expect((await said(['backup', backup], other)).code).toBe(0);
    const path = join(data, 'niitaka.db');
    const refused = await said(['restore', backup], data);
    expect(refused).toMatchObject({
      code: 1,
      err: `Cannot restore to ${path}: there is a database already. Back it up, then give --replace, or set NIITAKA_DATA to another directory.\n`,
    });
    const lock = lockFile(path);
    const held = await said(['restore', '--replace', backup], data);
    expect(held.err).toContain('another server holds it. Stop that server');
    lock.close();
    expect(sessionsIn(path)).toEqual([hex(1)]);
    const restored = await said(['restore', '--replace', backup], data);
    expect(restored.out).toBe(
      `Restored 1 sessions with 1 events from ${backup} to ${path}. Start the server.\n`,
    );
    expect(sessionsIn(path)).toEqual([hex(2)]);
  });

  test('does not let the log of the old database into the new one', async () => {
    const data = await storedDirectory(1);
    const path = join(data, 'niitaka.db');
    expect((await said(['backup', backup], await storedDirectory(2))).code).toBe(0);
    // A server that was killed leaves a log: a copy of one with a log beside it is such a place.
    const store = openStore(noonMs);
    await store.ingest([start(3), start(4)]);
    copyFileSync(store.path, path);
    copyFileSync(`${store.path}-wal`, `${path}-wal`);
    store.close();
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
    expect((await said(['restore', '--replace', backup], data)).code).toBe(0);
    expect(existsSync(`${path}-wal`)).toBe(false);
    expect(sessionsIn(path)).toEqual([hex(2)]);
  });

  test.each<[string, (path: string) => void, string]>([
    ['is missing', () => {}, 'there is no such file'],
    ['is a directory', (path) => mkdirSync(path), 'it is no file'],
    ['is no database', (path) => writeFileSync(path, 'nothing of this '.repeat(9_999)), 'damaged'],
    ['is cut off', (path) => truncateSync(copied(path), 40_960), 'it is damaged'],
    ['is changed within', (path) => spoil(copied(path)), 'it is damaged'],
    [
      'is of another program',
      (path) => new Database(path).exec('CREATE TABLE a (b)').close(),
      'it is no database of Niitaka',
    ],
    ['is of a newer program', (path) => makeNewer(copied(path)), 'it has schema version 99'],
  ])('keeps what is there when the backup %s', async (_, make, problem) => {
    const data = await storedDirectory(1);
    expect((await said(['backup', join(place, 'sound.db')], data)).code).toBe(0);
    make(backup);
    const refused = await said(['restore', '--replace', backup], data);
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/^Cannot .*\n$/);
    expect(refused.err).toContain(problem);
    expect(sessionsIn(join(data, 'niitaka.db'))).toEqual([hex(1)]);
    expect(readdirSync(data).filter((name) => name.includes('restoring'))).toEqual([]);
  });
});

function copied(path: string): string {
  copyFileSync(join(place, 'sound.db'), path);
  return path;
}

function spoil(path: string): void {
  const bytes = readFileSync(path);
  bytes.fill(0xff, 8_192, 8_192 * 20);
  writeFileSync(path, bytes);
}

function makeNewer(path: string): void {
  const db = new Database(path);
  db.pragma('user_version = 99');
  db.close();
}
