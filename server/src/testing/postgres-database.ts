import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { citusUrl, createSpreadDatabase, dropSpreadDatabase } from './citus-database.ts';

const keeper = fileURLToPath(new URL('../../../tools/postgres/keep-cluster.mjs', import.meta.url));

const longestStartMs = 60_000;

/** A database of its own on the private server of this test run. */
export interface TestDatabase {
  readonly url: string;
  readonly name: string;
  /** Runs statements as the owner of the server, outside of the program under test. */
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  drop(): Promise<void>;
}

/** What a database is for. */
export interface DatabaseUse {
  /** Each commit waits for the disk, as at users: for what is measured. Without, the end of a process loses nothing. */
  readonly isMeasured?: boolean;
}

let count = 0;

/**
 * Makes a database: empty on PostgreSQL, whose first call in a test run starts the server, which ends with the run; with
 * its tables already spread on the Citus that the environment names.
 */
export async function createDatabase(use: DatabaseUse = {}): Promise<TestDatabase> {
  const serverUrl = citusUrl ?? (await startCluster(use));
  count += 1;
  const name = `test_${process.pid}_${Math.random().toString(36).slice(2, 10)}_${count}`;
  if (citusUrl === null) await runOnce(serverUrl, `CREATE DATABASE ${name}`);
  else await createSpreadDatabase(citusUrl, name);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    name,
    query: (text, values) => runOnce(url.href, text, values),
    async drop() {
      if (citusUrl !== null) return dropSpreadDatabase(citusUrl, name);
      await runOnce(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

/** The address of the private server: one for all test files of a run, which share their process. */
export async function startCluster({ isMeasured = false }: DatabaseUse = {}): Promise<string> {
  const given = process.env['NIITAKA_TEST_POSTGRES'];
  if (given !== undefined && given !== '') return given;
  const fsync = isMeasured ? 'on' : 'off';
  const folder = join(tmpdir(), `niitaka-postgres-${process.pid}-fsync-${fsync}`);
  if (isFirst(folder)) {
    const args = [keeper, folder, String(process.pid), fsync];
    spawn(process.execPath, args, { detached: true, stdio: 'ignore' }).unref();
  }
  for (let waited = 0; waited < longestStartMs; waited += 50) {
    if (existsSync(join(folder, 'failed.txt'))) {
      throw new Error(`PostgreSQL ended: ${readFileSync(join(folder, 'failed.txt'), 'utf8')}`);
    }
    if (existsSync(join(folder, 'ready.json'))) {
      const ready: { url: string } = JSON.parse(readFileSync(join(folder, 'ready.json'), 'utf8'));
      return ready.url;
    }
    await pause(50);
  }
  throw new Error(`PostgreSQL did not start within ${longestStartMs / 1000} s in ${folder}`);
}

function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o755 });
    return true;
  } catch {
    return false;
  }
}

async function runOnce(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}
