import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CreatedOrganisation, CreateOrganisation } from '../commands/create-organisation.ts';
import { openWriter } from '../storage/sqlite/connection.ts';
import { isOlder } from '../storage/sqlite/check-place.ts';
import { verifyFile } from '../storage/sqlite/verify.ts';
import type { IngestReply, Storage } from '../storage/port.ts';
import { StartupError } from '../storage/startup-error.ts';
import { end, llm, noonMs, sessionId, start, testOrgId } from '../testing/records.ts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openStorage } from './open-storage.ts';

// Each storage starts five threads, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let dataDir: string;
let path: string;
const open: Storage[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'niitaka-test-'));
  path = join(dataDir, 'niitaka.db');
});

afterEach(async () => {
  for (const storage of open.splice(0)) await storage.close();
  rmSync(dataDir, { recursive: true });
});

async function openHere(): Promise<Storage> {
  const storage = await openStorage({ dataDir, staleAfterMs: 300_000 });
  open.push(storage);
  return storage;
}

async function closeAll(): Promise<void> {
  for (const storage of open.splice(0)) await storage.close();
}

/** What opening is refused with. */
async function refused(): Promise<string> {
  const error: unknown = await openHere().then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StartupError);
  return (error as StartupError).message;
}

async function createOrganisation(storage: Storage): Promise<string> {
  const made = await storage.run('create-organisation', {
    name: 'Test',
    key: { name: 'first', prefix: 'nk_test', hash: '00'.repeat(32) },
    adminName: 'Admin',
  } satisfies CreateOrganisation);
  if (!made.ok) throw new Error(made.failure.message);
  return (made.value as CreatedOrganisation).organisation.id;
}

function ingest(storage: Storage, records: readonly object[], orgId = testOrgId, senderId = 'key') {
  const text = new TextEncoder().encode(JSON.stringify({ records }));
  const body = new Uint8Array(text);
  const arrivedAtMs = noonMs + 20_000;
  return storage.ingest({ orgId, senderId, body, arrivedAtMs, controlPollMs: null });
}

function parsed(reply: IngestReply): Record<string, unknown> {
  return JSON.parse(reply.text) as Record<string, unknown>;
}

describe('openStorage() refuses, in one sentence with what to do', () => {
  test('a file that another server holds', async () => {
    await openHere();
    expect(await refused()).toBe(
      `Cannot use the database ${path}: another server holds it. Stop that server, or set NIITAKA_DATA to another directory.`,
    );
  });

  test('a schema newer than the program, and leaves it as it is', async () => {
    await openHere();
    await closeAll();
    const db = openWriter(path);
    db.pragma('user_version = 9999');
    db.close();
    expect(await refused()).toMatch(/has schema version 9999, this program knows \d+\. Start the/);
    const again = openWriter(path);
    expect(again.pragma('user_version', { simple: true })).toBe(9999);
    again.close();
  });

  test('a file that is no database, and leaves it as it is', async () => {
    writeFileSync(path, 'not a database, but long enough to be looked at as one'.repeat(100));
    const before = readFileSync(path);
    expect(await refused()).toMatch(/^Cannot (?:open|use) the database .*not a database/);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('a data directory that cannot be made', async () => {
    writeFileSync(join(dataDir, 'file'), '');
    dataDir = join(dataDir, 'file', 'data');
    const message = await refused();
    dataDir = join(dataDir, '..', '..');
    expect(message).toMatch(/^Cannot make the data directory .*Set NIITAKA_DATA/);
  });

  test('a directory in which its lock cannot be made', async () => {
    mkdirSync(`${path}.lock`);
    expect(await refused()).toMatch(/^Cannot write beside the database .*rights and free space/);
  });
});

describe('the lock', () => {
  test('ends with its process, also when that is killed', async () => {
    const holder = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { lockFile } from ${JSON.stringify(join(import.meta.dirname, '../storage/sqlite/file-lock.ts'))};
         // Kept: a lock that nothing holds on to ends when it is collected.
         globalThis.lock = lockFile(${JSON.stringify(path)});
         console.log('held');
         setInterval(() => {}, 1000);`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      await once(holder.stdout, 'data');
      expect(await refused()).toContain('another server holds it');
    } finally {
      holder.kill('SIGKILL');
      await once(holder, 'exit');
    }
    await openHere();
  });

  test('is free again after a close', async () => {
    await openHere();
    await closeAll();
    await openHere();
  });
});

describe('a storage', () => {
  test('answers an ingest after its rows are in the file', async () => {
    const storage = await openHere();
    const reply = await ingest(storage, [start(1), llm(1, 1), end(1)]);
    expect(reply.status).toBe(200);
    expect(parsed(reply)).toMatchObject({
      accepted: 3,
      duplicates: 0,
      rejected: [],
      sessions: [{ session_id: sessionId(1), status: 'done', total_cost: 0.5, step_count: 1 }],
      control: [],
      control_poll_ms: null,
      warnings: [],
    });
    expect(verifyFile(path)).toMatchObject({ sessions: 1, events: 1 });
  });

  test('refuses a body whole without harming those beside it', async () => {
    const storage = await openHere();
    const body = new Uint8Array(new TextEncoder().encode('{"records":'));
    const broken = storage.ingest({
      orgId: testOrgId,
      senderId: 'key',
      body,
      arrivedAtMs: noonMs,
      controlPollMs: null,
    });
    const good = ingest(storage, [start(1)]);
    expect(await broken).toMatchObject({ status: 400 });
    expect(parsed(await broken)).toMatchObject({ code: 'invalid' });
    expect(await good).toMatchObject({ status: 200 });
  });

  test('gives many callers at once each their own answer', async () => {
    const storage = await openHere();
    await ingest(storage, [start(1)]);
    const replies = await Promise.all(
      Array.from({ length: 200 }, (_, index) => ingest(storage, [llm(1, 1 + (index % 50))])),
    );
    const answers = replies.map(parsed);
    const sum = (name: string) => answers.reduce((total, one) => total + Number(one[name]), 0);
    expect([sum('accepted'), sum('duplicates')]).toEqual([50, 150]);
    await closeAll();
    expect(verifyFile(path)).toMatchObject({ events: 50 });
  });

  test('answers a quiet sender after a turn or two, whatever waits of a noisy one', async () => {
    const storage = await openHere();
    await ingest(storage, [start(1)]);
    const records = (batch: number) =>
      Array.from({ length: 10 }, (_, index) => llm(1, 1 + batch * 10 + index));
    let answered = 0;
    const noisy = Array.from({ length: 400 }, async (_, batch) => {
      await ingest(storage, records(batch), testOrgId, 'noisy');
      answered += 1;
    });
    await ingest(storage, records(500), testOrgId, 'quiet');
    // A group or two of 500 records, and no more of 4,000.
    expect(answered).toBeLessThanOrEqual(110);
    expect(storage.waitOfMs('noisy')).toBeGreaterThan(0);
    expect(storage.waitOfMs('quiet')).toBe(0);
    await Promise.all(noisy);
    expect(storage.health()).toMatchObject({ queuedBodies: 0, queuedBytes: 0, queueAgeMs: 0 });
  });

  test('wakes streams of the organisation after the commit, and of no other', async () => {
    const storage = await openHere();
    const orgId = await createOrganisation(storage);
    const woken: string[] = [];
    const stop = storage.onChange((id) => woken.push(id));
    await ingest(storage, [start(1)], orgId);
    await ingest(storage, [], orgId);
    expect(woken).toEqual([orgId]);
    stop();
    await ingest(storage, [start(2)], orgId);
    expect(woken).toEqual([orgId]);
  });

  test('finishes what it took before it closes, and answers 503 afterwards', async () => {
    const storage = await openHere();
    const replies = Array.from({ length: 20 }, (_, index) => ingest(storage, [start(index + 1)]));
    await closeAll();
    for (const reply of replies) expect(await reply).toMatchObject({ status: 200 });
    expect(await ingest(storage, [start(99)])).toMatchObject({ status: 503 });
    expect(storage.health().ok).toBe(false);
    expect(verifyFile(path)).toMatchObject({ sessions: 20 });
  });

  test('says when its writer fails, answers 503, and loses nothing that it acknowledged', async () => {
    const storage = await openHere();
    await ingest(storage, [start(1)]);
    const [ran, reply] = await Promise.all([
      storage.run('no-such-command', {}),
      ingest(storage, [start(2)]),
    ]);
    expect(ran).toMatchObject({ ok: false, failure: { code: 'unavailable', retryable: true } });
    expect(reply).toMatchObject({ status: 503 });
    expect(await storage.failed).toContain('There is no command no-such-command');
    await closeAll();
    expect(verifyFile(path)).toMatchObject({ sessions: 1 });
  });

  test('leaves one file when closed: the log is in it', async () => {
    const storage = await openHere();
    await ingest(storage, [start(1)]);
    await closeAll();
    const log = `${path}-wal`;
    expect(existsSync(log) ? readFileSync(log).length : 0).toBe(0);
  });
});

describe('isOlder()', () => {
  test.each([
    ['3.51.2', true],
    ['3.51.3', false],
    ['3.52.0', false],
    ['3.9.9', true],
    ['4.0', false],
    ['3.51', true],
  ])('of %s than 3.51.3 is %s', (version, expected) => {
    expect(isOlder(version, '3.51.3')).toBe(expected);
  });
});
