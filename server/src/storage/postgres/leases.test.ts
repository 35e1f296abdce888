import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../testing/postgres-database.ts';
import { openLeases } from './leases.ts';
import { prepareDatabase } from './prepare-database.ts';
import { openPool } from './reads.ts';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createDatabase();
  await prepareDatabase(database.url);
  pool = openPool(database.url, 2);
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

test('take() gives a job to one process until the time has passed', async () => {
  const [one, other] = [openLeases(pool), openLeases(pool)];
  expect(await one.take('sweep', 60_000)).toBe(true);
  expect(await other.take('sweep', 60_000)).toBe(false);
  expect(await other.take('another', 60_000)).toBe(true);
  // Whoever has it takes it on, and a process that died loses it by time alone.
  expect(await one.take('sweep', -1)).toBe(true);
  expect(await other.take('sweep', 60_000)).toBe(true);
  expect(await one.take('sweep', 60_000)).toBe(false);
});

test('of many that ask at once one gets it', async () => {
  const asked = Array.from({ length: 10 }, () => openLeases(pool).take('crowded', 60_000));
  expect((await Promise.all(asked)).filter(Boolean)).toEqual([true]);
});

test('release() gives back what is held, and only that', async () => {
  const [one, other, third] = [openLeases(pool), openLeases(pool), openLeases(pool)];
  await one.take('first', 60_000);
  await other.take('second', 60_000);
  await one.release();
  expect(await third.take('first', 60_000)).toBe(true);
  expect(await third.take('second', 60_000)).toBe(false);
});
