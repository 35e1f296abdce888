import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { decideConfig, gatherConfig, type Config } from '../config.ts';
import { verifyDatabase } from '../storage/postgres/verify.ts';
import { verifyFile } from '../storage/sqlite/verify.ts';
import { openStore } from '../testing/open-store.ts';
import { createDatabase, type TestDatabase } from '../testing/postgres-database.ts';
import { iso, start, tool, end, noonMs } from '../testing/records.ts';
import { runProgram } from '../testing/run-program.ts';
import { applyRetention } from './apply-retention.ts';
import { copyDatabase } from './copy-database.ts';

vi.setConfig({ testTimeout: 60_000 });

const silent = { write: () => true };
const dayMs = 86_400_000;

let database: TestDatabase;
let path: string;
let dataDir: string;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'niitaka-'));
  path = join(dataDir, 'niitaka.db');
  database = await createDatabase();
  const store = openStore(Date.now());
  for (const [number, days, environment] of [
    [1, 100, 'production'],
    [2, 50, 'production'],
    [3, 50, 'staging'],
    [4, 5, 'staging'],
  ] as const) {
    const atMs = Date.now() - days * dayMs;
    const at = { started_at: iso(atMs), ended_at: iso(atMs) };
    await store.ingest([
      start(number, { environment, started_at: iso(atMs) }),
      tool(number, number, at),
      end(number, atMs - noonMs),
    ]);
  }
  store.db.pragma('wal_checkpoint(TRUNCATE)');
  copyFileSync(store.path, path);
  store.close();
  await copyDatabase(`sqlite:${path}`, database.url, silent);
});

afterAll(() => database.drop());

function configOf(more: Record<string, string> = {}): Config {
  const decided = decideConfig(gatherConfig({ NIITAKA_DATA: dataDir, ...more }));
  if (!decided.ok) throw new Error(decided.problems.join('\n'));
  return decided.config;
}

const asConfigured = { days: null, environment: null, isDryRun: false };

describe('applyRetention()', () => {
  test('says of a dry run what would go, and touches nothing (storage)', async () => {
    const config = configOf({ NIITAKA_RETENTION_DAYS: '60,staging=7' });
    const before = verifyFile(path);
    const told = await applyRetention(config, { ...asConfigured, isDryRun: true }, silent);
    expect(told.split('\n')).toEqual([
      expect.stringMatching(/^production: 1 sessions with 1 events ended before 20\d\d-.*Z$/),
      expect.stringMatching(/^staging: 1 sessions with 1 events ended before 20\d\d-.*Z$/),
      'Nothing was deleted: this was a dry run',
    ]);
    expect(verifyFile(path)).toEqual(before);
  });

  test('wants to know how long, and an environment that there is', async () => {
    await expect(applyRetention(configOf(), asConfigured, silent)).rejects.toThrow(
      'Cannot tell what to remove: give --days N, or set NIITAKA_RETENTION_DAYS',
    );
    const elsewhere = { days: 1, environment: 'prod', isDryRun: false };
    await expect(applyRetention(configOf(), elsewhere, silent)).rejects.toThrow(
      'There is no environment "prod": no session was ever stored in it.',
    );
  });

  test('removes by the command line, beside what else the environment says', async () => {
    const told = await applyRetention(
      configOf({ NIITAKA_RETENTION_DAYS: '60' }),
      { days: 40, environment: 'staging', isDryRun: false },
      silent,
    );
    expect(told).toMatch(/^staging: 1 sessions .*\nDeleted 1 sessions$/);
    expect(verifyFile(path)).toMatchObject({ sessions: 3, events: 3, differenceCount: 0 });
  });

  test('drops the partitions that it has emptied on a database server', async () => {
    const partitions = async () =>
      (await database.query(`SELECT relname FROM pg_class WHERE relname ~ '^events_[0-9]{8}$'`))
        .length;
    const before = await partitions();
    const config = configOf({ DATABASE_URL: database.url, NIITAKA_RETENTION_DAYS: '60,staging=7' });
    expect(await applyRetention(config, asConfigured, silent)).toContain('Deleted 2 sessions');
    expect(await verifyDatabase(database.url)).toMatchObject({ sessions: 2, differenceCount: 0 });
    expect(await partitions()).toBeLessThan(before);
  });

  test('a running server does the same by itself', async () => {
    const server = runProgram([], { NIITAKA_DATA: dataDir, NIITAKA_RETENTION_DAYS: '60' });
    await server.ready();
    await expect.poll(() => verifyFile(path).sessions, { timeout: 20_000 }).toBe(2);
    server.child.kill('SIGTERM');
    expect(await server.ended()).toBe(0);
    expect(verifyFile(path)).toMatchObject({ sessions: 2, differenceCount: 0 });
  });
});
