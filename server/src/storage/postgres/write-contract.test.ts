import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import { citusUrl } from '../../testing/citus-database.ts';
import { createDatabase, type TestDatabase } from '../../testing/postgres-database.ts';
import { budgetContract } from '../contract/budgets.ts';
import { eventWritesContract } from '../contract/event-writes.ts';
import { outcomeWritesContract } from '../contract/outcome-writes.ts';
import { sessionWritesContract } from '../contract/session-writes.ts';
import { contractOrgs, type WriteEngine } from '../contract/write-rows.ts';
import type { Tx } from '../tx.ts';
import { connectAtStart } from './connect.ts';
import { migrate } from './migrate.ts';
import type { PriceIds } from './prices.ts';
import { openTx } from './tx.ts';
import { openWork } from './work.ts';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createDatabase();
  client = await connectAtStart(database.url);
  await migrate(client, database.url);
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

// Each by itself: they share a database, which is emptied before every test.
describe('PostgreSQL, sessions', () => sessionWritesContract(openEngine));
describe('PostgreSQL, events', () => eventWritesContract(openEngine));
describe('PostgreSQL, outcomes', () => outcomeWritesContract(openEngine));
describe('PostgreSQL, budgets', () => budgetContract(openEngine));

async function openEngine(): Promise<WriteEngine> {
  await client.query('ROLLBACK');
  await emptyTables(client);
  for (const orgId of contractOrgs) {
    await client.query(`INSERT INTO organisations (id, name, created_at) VALUES ($1, 'test', 0)`, [
      orgId,
    ]);
  }
  const priceIds: PriceIds = new Map();
  const transact = async <T>(work: (tx: Tx) => Promise<T>, end: string): Promise<T> => {
    await client.query('ROLLBACK; BEGIN');
    const unit = openWork(client, citusUrl !== null);
    const value = await work(openTx(unit, priceIds));
    await unit.flush();
    unit.close();
    await client.query(end);
    return value;
  };
  return {
    write: (work) => transact(work, 'COMMIT'),
    async revision(orgId) {
      const text = 'SELECT revision::int AS revision FROM organisations WHERE id = $1';
      const { rows } = await client.query<{ revision: number }>(text, [orgId]);
      return rows[0]?.revision ?? 0;
    },
    async writeAndFail(work) {
      await transact(work, 'ROLLBACK');
    },
    async close() {},
  };
}

async function emptyTables(db: pg.Client): Promise<void> {
  const { rows } = await db.query<{ tablename: string }>(
    `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_version'`,
  );
  // Rows are few: this takes a tenth of the time of TRUNCATE.
  await db.query(rows.map((row) => `DELETE FROM ${row.tablename}`).join(';'));
}
