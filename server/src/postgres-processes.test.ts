import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from './testing/postgres-database.ts';
import { iso, sessionId, start as startRecord, tool } from './testing/records.ts';
import { openStream } from './testing/open-stream.ts';
import { runProgram, type Program } from './testing/run-program.ts';

const key = 'nk_test_0123456789abcdef0123456789abcdef';
const headers = { 'x-api-key': key, 'content-type': 'application/json' };

let database: TestDatabase;
let programs: Program[] = [];

beforeAll(async () => {
  database = await createDatabase();
});

afterEach(async () => {
  for (const { child } of programs) child.kill('SIGKILL');
  await Promise.all(programs.map((program) => program.ended()));
  programs = [];
});

afterAll(() => database.drop());

function run(settings: Record<string, string> = {}, args: string[] = []): Program {
  const program = runProgram(args, {
    DATABASE_URL: database.url,
    NIITAKA_INITIAL_KEY: key,
    ...settings,
  });
  programs.push(program);
  return program;
}

async function post(url: string, records: readonly object[]): Promise<number> {
  const body = JSON.stringify({ records });
  return (await fetch(`${url}/api/v1/ingest`, { method: 'POST', headers, body })).status;
}

const running = (number: number) =>
  startRecord(number, { started_at: iso(Date.now()), environment: 'production' });

describe('several processes over one database', () => {
  test('first starts at once make one organisation, with one key', async () => {
    await Promise.all([run().ready(), run().ready(), run().ready()]);
    expect(await database.query('SELECT count(*)::int AS count FROM organisations')).toEqual([
      { count: 1 },
    ]);
    expect(await database.query('SELECT count(*)::int AS count FROM api_keys')).toEqual([
      { count: 1 },
    ]);
  });

  test('what is sent to one shows in a stream of the other, and survives it', async () => {
    const [one, other] = [run(), run()];
    const [url, otherUrl] = [await one.ready(), await other.ready()];
    const stream = await openStream(otherUrl, { 'x-api-key': key });
    await stream.until(({ event }) => event === 'hello');
    expect(await post(url, [running(1)])).toBe(200);
    const seen = await stream.until(({ text }) => text.includes(sessionId(1)));
    expect(seen.event).toBe('session');

    one.child.kill('SIGKILL');
    await one.ended();
    expect(await post(otherUrl, [tool(1, 1), running(2)])).toBe(200);
    await stream.until(({ text }) => text.includes(sessionId(2)));
    const read = await fetch(`${otherUrl}/api/v1/sessions/${sessionId(1)}`, { headers });
    expect(await read.json()).toMatchObject({ id: sessionId(1), event_count: 1 });
    stream.close();
  });

  test('one of them does a job, and the others take it over when that one ends', async () => {
    await database.query('DELETE FROM jobs');
    const [one, other] = [run(), run()];
    await Promise.all([one.ready(), other.ready()]);
    const owner = async () => {
      const [row] = await database.query(
        `SELECT lease_owner AS owner FROM jobs WHERE name = 'move-queued-trees'`,
      );
      return row?.['owner'];
    };
    await expect.poll(owner, { timeout: 20_000 }).toEqual(expect.any(String));
    const first = await owner();
    await pause(2_500);
    expect(await owner()).toBe(first);
    one.child.kill('SIGTERM');
    await one.ended();
    // Whichever it was, whoever lives has it soon.
    await expect.poll(owner, { timeout: 20_000 }).toEqual(expect.any(String));
    other.child.kill('SIGTERM');
    await other.ended();
    expect(await owner()).toBeNull();
  });

  test('link prints a link beside running servers', async () => {
    await run().ready();
    const link = run({}, ['link']);
    expect(await link.ended()).toBe(0);
    expect(link.stdout()).toContain('Signs Admin in, once, within 15 minutes:');
  });

  test('verify finds no difference beside running servers, and ends with 1 where it does', async () => {
    const url = await run().ready();
    expect(await post(url, [running(5), tool(5, 1)])).toBe(200);
    const verify = run({}, ['verify']);
    expect(await verify.ended()).toBe(0);
    expect(verify.stdout()).toMatch(/^Verified \d+ sessions with \d+ events: 0 differences\n$/);
    await database.query('UPDATE rollup_hours SET sessions = sessions + 1');
    const again = run({}, ['verify']);
    expect(await again.ended()).toBe(1);
    expect(again.stdout()).toMatch(
      /^roll-up by hour: sessions of .*: stored \d+, recomputed \d+\n/,
    );
    await database.query('UPDATE rollup_hours SET sessions = sessions - 1');
  });
});

describe('a database that goes away', () => {
  test('callers are told to come again, and are served when it is back', async () => {
    const program = run();
    const url = await program.ready();
    expect(await post(url, [running(10)])).toBe(200);
    const admin = new URL(database.url);
    admin.pathname = '/postgres';
    const client = new pg.Client({ connectionString: admin.href });
    await client.connect();
    await client.query(`ALTER DATABASE ${database.name} ALLOW_CONNECTIONS false`);
    await client.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1',
      [database.name],
    );
    expect(await post(url, [running(11)])).toBe(503);
    const read = await fetch(`${url}/api/v1/sessions`, { headers });
    expect(read.status).toBe(503);
    expect(Number(read.headers.get('retry-after'))).toBeGreaterThan(0);
    await client.query(`ALTER DATABASE ${database.name} ALLOW_CONNECTIONS true`);
    await client.end();
    let status = 503;
    for (let tried = 0; tried < 40 && status === 503; tried += 1) {
      await pause(100);
      status = await post(url, [running(11)]);
    }
    expect(status).toBe(200);
  });

  test('a connection that is cut is made anew within the request', async () => {
    const program = run();
    const url = await program.ready();
    expect(await post(url, [running(20)])).toBe(200);
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    expect(await post(url, [running(21)])).toBe(200);
    const read = await fetch(`${url}/api/v1/sessions/${sessionId(21)}`, { headers });
    expect(await read.json()).toMatchObject({ id: sessionId(21), status: 'running' });
  });
});

describe('what keeps it from starting is one sentence, without the password', () => {
  const refused = async (change: (url: URL) => void) => {
    const url = new URL(database.url);
    change(url);
    const program = run({ DATABASE_URL: url.href });
    expect(await program.ended()).toBe(1);
    expect(program.stderr()).not.toContain(url.password);
    expect(program.stderr().trim().split('\n').length).toBe(1);
    return program.stderr();
  };

  test('a password that is refused', async () => {
    const text = await refused((url) => {
      url.password = 'wrong-secret';
    });
    expect(text).toContain('user or password was refused. Check both in DATABASE_URL.');
  });

  test('a database that is not there', async () => {
    const text = await refused((url) => {
      url.pathname = '/nowhere';
    });
    expect(text).toContain('the database nowhere at 127.0.0.1:');
    expect(text).toContain('there is no such database');
  });

  test('a server that is not there', async () => {
    const text = await refused((url) => {
      url.port = '1';
    });
    expect(text).toMatch(/^Cannot reach the database \w+ at 127.0.0.1:1: nothing listens there\./);
  });

  test('a schema newer than the program', async () => {
    await run().ready();
    await database.query('UPDATE schema_version SET number = number + 1000');
    const text = await refused(() => undefined);
    await database.query('UPDATE schema_version SET number = number - 1000');
    expect(text).toMatch(/it has schema version 10\d\d, this program knows \d+\./);
  });

  test('a user who may not make tables', async () => {
    const fresh = await createDatabase();
    const role = `weak_${process.pid}`;
    await fresh.query(`CREATE ROLE ${role} LOGIN PASSWORD 'weak-secret'`);
    const text = await refused((url) => {
      url.pathname = `/${fresh.name}`;
      url.username = role;
      url.password = 'weak-secret';
    });
    await fresh.drop();
    await database.query(`DROP ROLE ${role}`);
    expect(text).toContain('this user may not make tables there');
  });
});
