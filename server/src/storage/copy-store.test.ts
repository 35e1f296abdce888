import { copyFileSync, existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { corpusRecords, corpusSize } from './contract/read-corpus.ts';
import { lockFile } from './sqlite/file-lock.ts';
import { verifyFile } from './sqlite/verify.ts';
import { verifyDatabase } from './postgres/verify.ts';
import { createDatabase, startCluster, type TestDatabase } from '../testing/postgres-database.ts';
import { addOrganisation, openStore } from '../testing/open-store.ts';
import { noonMs, sessionId, start, testOrgId, tool } from '../testing/records.ts';
import { runProgram, type Program } from '../testing/run-program.ts';
import { copyDatabase } from '../operations/copy-database.ts';

// A kill, a resumption and the comparison of whole databases.
vi.setConfig({ testTimeout: 120_000 });

const freshDirectory = () => mkdtempSync(join(tmpdir(), 'niitaka-'));
const silent = { write: () => true };
const otherOrg = sessionId(0xee);
/** A little of everything that engines keep differently: NUL, halves of pairs, characters of four bytes, negative years. */
const oddRecords = [
  start(7_001, {
    agent_id: 'a',
    goal: 'Größe 富士山 𝔘nicode \0 nul',
    tags: { 'k\0': 'v\ud800w', plain: 'ü' },
    metadata: { deep: ['\0', '\ud800', '\u{1F600}'] },
  }),
  tool(7_001, 7_001, { name: 'naïve\0', data: { input: '\0\ud83d' } }),
];

let original: string;
let database: TestDatabase;
let programs: Program[] = [];

beforeAll(async () => {
  original = join(freshDirectory(), 'niitaka.db');
  const store = openStore(noonMs);
  addOrganisation(store.db, otherOrg);
  for (const records of corpusRecords()) await store.ingest(records);
  await store.ingest(oddRecords);
  await store.ingest([start(1), tool(1, 1)], { orgId: otherOrg });
  expect(store.verify().differences).toEqual([]);
  store.db.pragma('wal_checkpoint(TRUNCATE)');
  copyFileSync(store.path, original);
  store.close();
});

beforeEach(async () => {
  database = await createDatabase();
});

afterEach(async () => {
  for (const { child } of programs) child.kill('SIGKILL');
  await Promise.all(programs.map((program) => program.ended()));
  programs = [];
  await database.drop();
});

afterAll(() => expect(verifyFile(original).differences).toEqual([]));

const copyOut = (from = original) => copyDatabase(`sqlite:${from}`, database.url, silent);
const copyBack = (to: string) => copyDatabase(database.url, `sqlite:${to}`, silent);

/** Every row of every table in the order of its key, the engine's own columns apart. */
function dump(path: string): Readonly<Record<string, unknown[]>> {
  const db = new Database(path, { readonly: true });
  const names = db
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'`)
    .pluck()
    .all() as string[];
  const tables = names
    .filter((name) => !/_(?:data|idx|config)$/.test(name))
    .map((name) => {
      const columns = (db.pragma(`table_info(${name})`) as { name: string }[])
        .map((one) => one.name)
        .filter((one) => one !== 'rowid' && !one.startsWith('lease_'));
      const list = columns.join(', ');
      return [name, db.prepare(`SELECT ${list} FROM ${name} ORDER BY ${list}`).raw().all()];
    });
  db.close();
  return Object.fromEntries(tables);
}

describe('copyDatabase()', () => {
  test('there and back again keeps every row, key and place in search (storage)', async () => {
    expect(await copyOut()).toMatch(
      /^Copied [\d,]+ rows from .*niitaka\.db to the database test_\w+ at \S+ in \d+\.\d s; counts and sums of every table are equal$/,
    );
    const verified = await verifyDatabase(database.url);
    expect(verified).toEqual(verifyFile(original));
    expect(verified).toMatchObject({ sessions: corpusSize + 2, differenceCount: 0 });

    const back = join(freshDirectory(), 'back', 'niitaka.db');
    await copyBack(back);
    expect(verifyFile(back)).toEqual(verified);
    const [before, after] = [dump(original), dump(back)];
    expect(Object.keys(after)).toEqual(Object.keys(before));
    for (const [name, rows] of Object.entries(before)) {
      // What PostgreSQL cannot keep of a text is kept as U+FFFD.
      const kept = rows.map((row) =>
        (row as unknown[]).map((value) =>
          typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value,
        ),
      );
      expect(after[name], name).toEqual(kept);
    }
    const hits = (path: string) => {
      const db = new Database(path, { readonly: true });
      const found = `SELECT rowid FROM goal_search WHERE goal_search MATCH '"revie"* OR "grosse"*'`;
      const rows = db.prepare(found).pluck().all();
      db.close();
      return rows;
    };
    expect(hits(back).length).toBeGreaterThan(10);
    expect(hits(back)).toEqual(hits(original));
  });

  test('a server goes on with the copy where the original stood', async () => {
    await copyOut();
    const key = 'nk_test_0123456789abcdef0123456789abcdef';
    const [before] = await database.query('SELECT max(session_key)::int AS last FROM sessions');
    await database.query(
      `INSERT INTO api_keys (org_id, id, name, prefix, hash, scopes, created_at)
       VALUES ($1, gen_random_uuid(), 'k', 'nk_', sha256(convert_to($2, 'UTF8')), 'ingest,read,admin', 0)`,
      [testOrgId, key],
    );
    const server = run([], { DATABASE_URL: database.url });
    const url = await server.ready();
    const body = JSON.stringify({ records: [start(8_000), tool(8_000, 8_000)] });
    const headers = { 'x-api-key': key, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/api/v1/ingest`, { method: 'POST', headers, body });
    expect(answer.status).toBe(200);
    const [row] = await database.query(
      `SELECT session_key::int AS key FROM sessions WHERE id = '${sessionId(8_000)}'`,
    );
    expect(row?.['key']).toBe(Number(before?.['last']) + 1);
    const served = join(freshDirectory(), 'niitaka.db');
    await expect(copyBack(served)).rejects.toThrow(
      'a server works on it. Stop every server on it, and try again ten seconds later.',
    );
    expect(existsSync(served)).toBe(false);
    server.child.kill('SIGTERM');
    await server.ended();
    await copyBack(served);
    expect(verifyFile(served)).toMatchObject({ sessions: corpusSize + 3, differenceCount: 0 });
  });

  test('goes on after kill -9, whichever way; no server opens what is half copied', async () => {
    const large = await enlarged();
    const args = ['copy', `sqlite:${large}`, database.url];
    await killedOnce(args, hasCopied(500));
    const server = run([], { DATABASE_URL: database.url });
    expect(await server.ended()).toBe(1);
    expect(server.stderr()).toMatch(
      /^Cannot use the database test_\S+ at \S+: a copy to it has not ended\..*\n$/,
    );
    const [half] = await database.query(copiedRows);
    const again = run(args);
    expect(await again.ended()).toBe(0);
    expect(again.stdout()).toContain('counts and sums of every table are equal');
    expect(Number(half?.['copied'])).toBeLessThan(
      Number(/Copied ([\d,]+)/.exec(again.stdout())?.[1]?.replaceAll(',', '')),
    );
    expect(await verifyDatabase(database.url)).toEqual(verifyFile(large));

    const back = join(freshDirectory(), 'niitaka.db');
    const backArgs = ['copy', database.url, `sqlite:${back}`];
    await killedOnce(backArgs, async () => {
      if (!existsSync(back)) return false;
      const db = new Database(back, { readonly: true });
      try {
        return Number(db.prepare('SELECT sum(copied) FROM copy_progress').pluck().get()) > 500;
      } catch {
        return false;
      } finally {
        db.close();
      }
    });
    const link = run(['link'], { NIITAKA_DATA: join(back, '..') });
    expect(await link.ended()).toBe(1);
    expect(link.stderr()).toContain('a copy to it has not ended');
    const backAgain = run(backArgs);
    expect(await backAgain.ended()).toBe(0);
    expect(dump(back)).toEqual(dump(large));
  });

  test('goes on after the connection was lost in mid-transaction', async () => {
    const large = await enlarged();
    const args = ['copy', `sqlite:${large}`, database.url];
    const program = run(args);
    await expect
      .poll(
        async () => {
          const found = await database.query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND application_name = 'niitaka' AND query LIKE 'INSERT INTO events%'`,
          );
          return found.length;
        },
        { timeout: 30_000, interval: 5 },
      )
      .toBeGreaterThan(0);
    expect(await program.ended()).toBe(1);
    expect(program.stderr()).toMatch(
      /^The copy to the database \S+ at \S+ stopped: .*\. What was copied so far is kept: put the cause right, and give the same command again to go on\.\n$/,
    );
    const again = run(args);
    expect(await again.ended()).toBe(0);
    expect(await verifyDatabase(database.url)).toEqual(verifyFile(large));
  });
});

describe('copyDatabase() refuses', () => {
  test('a target that holds data, and leaves it as it is', async () => {
    await copyOut();
    await expect(copyOut()).rejects.toThrow(
      'it holds data already. Name an empty database or a new file.',
    );
    expect(await verifyDatabase(database.url)).toEqual(verifyFile(original));
    const full = join(freshDirectory(), 'niitaka.db');
    copyFileSync(original, full);
    await expect(copyBack(full)).rejects.toThrow(`Cannot copy to ${full}: it holds data already.`);
    expect(dump(full)).toEqual(dump(original));
  });

  test('a source that a server holds, is not there, or is of another version', async () => {
    const lock = lockFile(original);
    await expect(copyOut()).rejects.toThrow('another server holds it');
    lock.close();
    await expect(copyOut('/nowhere/niitaka.db')).rejects.toThrow('there is no such file');
    const other = join(freshDirectory(), 'niitaka.db');
    copyFileSync(original, other);
    const db = new Database(other);
    db.pragma('user_version = 99');
    db.close();
    await expect(copyOut(other)).rejects.toThrow('it has schema version 99, this program knows');
    expect(await database.query(`SELECT to_regclass('sessions') AS there`)).toEqual([
      { there: null },
    ]);
  });

  test('to go on with the copy of another source', async () => {
    const other = join(freshDirectory(), 'niitaka.db');
    copyFileSync(original, other);
    await copyOut();
    await database.query(
      'CREATE TABLE copy_progress (table_name text PRIMARY KEY, after_key text, copied bigint NOT NULL)',
    );
    await database.query(`INSERT INTO copy_progress VALUES ('', 'elsewhere', 0)`);
    await expect(copyOut(other)).rejects.toThrow('it holds a part of a copy of elsewhere');
  });

  test('to call equal what is not: the source changed between two attempts', async () => {
    const from = await enlarged();
    await killedOnce(['copy', `sqlite:${from}`, database.url], hasCopied(500));
    const db = new Database(from);
    db.exec('UPDATE changes SET changed_at = changed_at + 1 WHERE revision = 5');
    db.close();
    await expect(copyOut(from)).rejects.toThrow(
      /is not equal to .*: changes \(changed_at_low: \d+ there, \d+ here\)\. Was a server started/,
    );
    await expect(verifyDatabase(database.url)).rejects.toThrow('a copy to it has not ended');
  });

  test.each([
    ['sqlite:a.db', 'sqlite:b.db', 'two databases of the same kind'],
    ['postgres://h/a', 'postgres://h/b', 'two databases of the same kind'],
    ['a.db', 'postgres://h/b', 'found "a.db", wanted sqlite:PATH'],
    ['sqlite:', 'postgres://h/b', 'found "sqlite:", wanted'],
    ['mysql://me:secret@h/a', 'sqlite:b.db', 'found 21 characters, wanted'],
  ])('%s to %s: %s', async (from, to, problem) => {
    await expect(copyDatabase(from, to, silent)).rejects.toThrow(problem);
  });

  test('a user who may not make tables', async () => {
    await database.query(`DROP ROLE IF EXISTS copy_nobody`);
    await database.query(`CREATE ROLE copy_nobody LOGIN PASSWORD 'x'`);
    await database.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
    const url = new URL(await startCluster());
    url.pathname = `/${database.name}`;
    url.username = 'copy_nobody';
    url.password = 'x';
    await expect(copyDatabase(`sqlite:${original}`, url.href, silent)).rejects.toThrow(
      'this user may not make tables there. Grant it CREATE on the schema',
    );
  });
});

function run(args: string[], settings: Record<string, string> = {}): Program {
  const program = runProgram(args, settings);
  programs.push(program);
  return program;
}

/** Runs a copy and kills it as soon as it has come far enough. */
async function killedOnce(args: string[], isFar: () => Promise<boolean>): Promise<void> {
  const program = run(args);
  await expect.poll(isFar, { timeout: 60_000, interval: 5 }).toBe(true);
  program.child.kill('SIGKILL');
  expect(await program.ended()).toBeNull();
}

const copiedRows = 'SELECT coalesce(sum(copied), 0)::int AS copied FROM copy_progress';

/** Whether so many rows are in the server's database. */
function hasCopied(wanted: number): () => Promise<boolean> {
  return async () => {
    const [found] = await database.query(copiedRows).catch(() => []);
    return Number(found?.['copied'] ?? 0) > wanted;
  };
}

/** A database large enough that a copy of it can be stopped half-way. */
async function enlarged(): Promise<string> {
  const path = join(freshDirectory(), 'niitaka.db');
  const store = openStore(noonMs);
  for (let number = 1; number <= 60; number += 1) {
    const events = Array.from({ length: 200 }, (_, event) =>
      tool(number, number * 1_000 + event, { data: { input: 'x'.repeat(900) } }),
    );
    await store.ingest([start(number, { goal: `goal of ${number}` }), ...events]);
  }
  store.db.pragma('wal_checkpoint(TRUNCATE)');
  copyFileSync(store.path, path);
  store.close();
  return path;
}
