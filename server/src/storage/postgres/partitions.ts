import type pg from 'pg';
import { errorOf } from './connect.ts';

/** Days for which partitions are made ahead. */
const daysAhead = 3;

/** Days after which an empty partition goes: spools of the day before are still drained into theirs. */
const daysKept = 2;

/** How long a change of partitions may make others wait, ms: it is tried again later. */
const lockLimitMs = 2_000;

const dayMs = 86_400_000;

/**
 * Keeps one partition of events a day, by the moment within their ids: those of the next days are made, empty ones of
 * days gone by are dropped. Rows that none is for stand in the default partition.
 */
export async function keepPartitions(client: pg.ClientBase, nowMs: number): Promise<void> {
  const today = Math.floor(nowMs / dayMs) * dayMs;
  const known = new Set(await partitionNames(client));
  for (let day = today; day <= today + daysAhead * dayMs; day += dayMs) {
    if (!known.has(nameOf(day))) await change(client, [createText(day)]);
  }
  const oldest = nameOf(today - daysKept * dayMs);
  for (const name of known) {
    if (dailyName.test(name) && name < oldest) await dropWhenEmpty(client, name);
  }
}

/** Days that {@link makePartitions} makes at most: what is older stands in the default partition. */
const mostDays = 400;

/** Makes partitions for the days between two moments, the newest ones where there are too many. */
export async function makePartitions(
  client: pg.ClientBase,
  firstMs: number,
  lastMs: number,
): Promise<void> {
  const last = Math.floor(lastMs / dayMs) * dayMs;
  const first = Math.max(Math.floor(firstMs / dayMs) * dayMs, last - (mostDays - 1) * dayMs);
  for (let day = first; day <= last; day += dayMs) await change(client, [createText(day)]);
}

/** `events_20260615`. */
const dailyName = /^events_\d{8}$/;

function nameOf(day: number): string {
  return `events_${new Date(day).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

async function partitionNames(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'events'::regclass`,
  );
  return rows.map((row) => row.name);
}

function createText(day: number): string {
  return `CREATE TABLE IF NOT EXISTS ${nameOf(day)} PARTITION OF events
    FOR VALUES FROM ('${firstId(day)}') TO ('${firstId(day + dayMs)}')`;
}

/** The least id of version 7 of a moment. */
function firstId(ms: number): string {
  const hex = ms.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

async function dropWhenEmpty(client: pg.ClientBase, name: string): Promise<void> {
  const isEmpty = `NOT EXISTS (SELECT 1 FROM ${name})`;
  const { rows } = await client.query<{ empty: boolean }>(`SELECT ${isEmpty} AS empty`);
  if (rows[0]?.empty !== true) return;
  // Under the lock it is looked at again: a late row may just have come.
  await change(client, [
    `LOCK TABLE events IN ACCESS EXCLUSIVE MODE`,
    `DO $$ BEGIN IF ${isEmpty} THEN DROP TABLE ${name}; END IF; END $$`,
  ]);
}

/** What may wait or be refused, and is then left for the next time. */
const passing: ReadonlySet<string> = new Set([
  // Rows of that day stand in the default partition already.
  '23514',
  '55P03',
  '40P01',
  // Another process made it at the same moment.
  '42P07',
  '23505',
]);

async function change(client: pg.ClientBase, texts: readonly string[]): Promise<void> {
  try {
    await client.query(`BEGIN; SET LOCAL lock_timeout = ${lockLimitMs}`);
    for (const text of texts) await client.query(text);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    if (!passing.has(errorOf(error).code)) throw error;
  }
}
