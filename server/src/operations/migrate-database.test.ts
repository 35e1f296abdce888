import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { decideConfig, gatherConfig, type Config } from '../config.ts';
import { migrations } from '../storage/migrations/all.ts';
import { openWriter } from '../storage/sqlite/connection.ts';
import { createDatabase, type TestDatabase } from '../testing/postgres-database.ts';
import { migrateDatabase } from './migrate-database.ts';

vi.setConfig({ testTimeout: 60_000 });

const newest = migrations.at(-1)?.number ?? 0;
let database: TestDatabase;
let server: Config;

function configOf(settings: Record<string, string>): Config {
  const decided = decideConfig(gatherConfig(settings));
  if (!decided.ok) throw new Error(decided.problems.join('\n'));
  return decided.config;
}

beforeAll(async () => {
  database = await createDatabase();
  server = configOf({ DATABASE_URL: database.url });
});

afterAll(() => database.drop());

test('migrateDatabase() makes the schema on a server, with partitions, once', async () => {
  expect(await migrateDatabase(server, false)).toMatch(
    new RegExp(`^The schema of the database test_\\S+ at \\S+ went from version 0 to ${newest}$`),
  );
  expect(await migrateDatabase(server, false)).toContain(`is at version ${newest} already`);
  const partitions = await database.query(
    `SELECT 1 FROM pg_class WHERE relname ~ '^events_[0-9]{8}$'`,
  );
  expect(partitions.length).toBeGreaterThan(2);
});

test('migrateDatabase() brings a file up to date, and makes none', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'niitaka-'));
  const config = configOf({ NIITAKA_DATA: dataDir });
  await expect(migrateDatabase(config, false)).rejects.toThrow('There is no database in');
  const path = join(dataDir, 'niitaka.db');
  openWriter(path).close();
  expect(await migrateDatabase(config, false)).toBe(
    `The schema of ${path} went from version 0 to ${newest}`,
  );
});

test('migrateDatabase() says where there is no Citus to distribute over', async () => {
  await expect(migrateDatabase(server, true)).rejects.toThrow(
    'it has no Citus. Run CREATE EXTENSION citus on it, with its nodes added, or leave --citus out.',
  );
  const file = configOf({ NIITAKA_DATA: mkdtempSync(join(tmpdir(), 'niitaka-')) });
  await expect(migrateDatabase(file, true)).rejects.toThrow('Cannot distribute a file');
});
