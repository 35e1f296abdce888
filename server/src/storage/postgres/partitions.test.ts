import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../testing/postgres-database.ts';
import { keepPartitions } from './partitions.ts';
import { prepareDatabase } from './prepare-database.ts';

const dayMs = 86_400_000;
const noonMs = Date.UTC(2026, 5, 15, 12);
const org = '01990000-0000-7000-8000-0000000000f1';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createDatabase();
  await prepareDatabase(database.url);
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});

beforeEach(async () => {
  for (const name of await names()) await client.query(`DROP TABLE ${name}`);
  await client.query('DELETE FROM events');
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

async function names(): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relname ~ '^events_[0-9]{8}$' ORDER BY 1`,
  );
  return rows.map((row) => row.name);
}

/** Stores an event whose id was made at a moment; answers the partition it stands in. */
async function store(ms: number): Promise<string> {
  const hex = ms.toString(16).padStart(12, '0');
  const id = `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000001`;
  await client.query(
    `INSERT INTO events (org_id, session_id, id, position, type, state, started_at, started_at_sent, received_at, data)
     VALUES ($1, $1, $2, 1, 'log', 3, 0, 0, 0, '{}')`,
    [org, id],
  );
  for (const name of [...(await names()), 'events_default']) {
    const { rowCount } = await client.query(`SELECT 1 FROM ${name} WHERE id = $1`, [id]);
    if (rowCount === 1) return name;
  }
  return '';
}

test('keepPartitions() makes one a day, ahead; what none is for stands in the default one', async () => {
  await keepPartitions(client, noonMs);
  await keepPartitions(client, noonMs);
  expect(await names()).toEqual([
    'events_20260615',
    'events_20260616',
    'events_20260617',
    'events_20260618',
  ]);
  expect(await store(noonMs)).toBe('events_20260615');
  expect(await store(Date.UTC(2026, 5, 16) - 1)).toBe('events_20260615');
  expect(await store(Date.UTC(2026, 5, 16))).toBe('events_20260616');
  expect(await store(noonMs - dayMs)).toBe('events_default');
  expect(await store(noonMs + 9 * dayMs)).toBe('events_default');
});

test('keepPartitions() drops empty ones of days gone by, and leaves those with rows', async () => {
  await keepPartitions(client, noonMs);
  await store(noonMs + dayMs);
  await keepPartitions(client, noonMs + 5 * dayMs);
  expect(await names()).toEqual([
    'events_20260616',
    'events_20260618',
    'events_20260620',
    'events_20260621',
    'events_20260622',
    'events_20260623',
  ]);
});

test('keepPartitions() leaves a day to the default one that has rows of it', async () => {
  await store(noonMs);
  await keepPartitions(client, noonMs);
  expect(await names()).toEqual(['events_20260616', 'events_20260617', 'events_20260618']);
});

test('keepPartitions() waits for nobody for long', async () => {
  const other = new pg.Client({ connectionString: database.url });
  await other.connect();
  await other.query('BEGIN; LOCK TABLE events IN ACCESS SHARE MODE');
  await keepPartitions(client, noonMs);
  await other.query('COMMIT');
  await keepPartitions(client, noonMs);
  await other.end();
  expect((await names()).length).toBe(4);
}, 30_000);
