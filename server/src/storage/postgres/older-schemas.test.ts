import type pg from 'pg';
import { afterAll, describe } from 'vitest';
import { openPostgresStore, type PostgresStore } from '../../testing/open-postgres-store.ts';
import { olderSchemaContract, type AgedStore } from '../contract/older-schemas.ts';
import { migrations, postgresText } from '../migrations/all.ts';
import { connect } from './connect.ts';
import { migrateSchema } from './migrate.ts';
import { verify } from './verify.ts';

let store: PostgresStore | undefined;
afterAll(() => store?.close());

describe('PostgreSQL', () => olderSchemaContract(openAged));

/** The older database is a second schema beside the new one, which is written once for all. */
async function openAged(
  nowMs: number,
  records: readonly object[],
  version: number,
): Promise<AgedStore> {
  if (store === undefined) {
    store = await openPostgresStore(nowMs);
    await store.ingest(records);
  }
  const { url } = store.database;
  const client = await connect(url);
  await client.query('CREATE SCHEMA older; SET search_path = older');
  for (const step of migrations.slice(0, version)) await client.query(postgresText(step));
  const tables = await tablesOf(client, 'older');
  for (const table of tables) await copyRows(client, table);
  await client.query('CREATE TABLE schema_version (number bigint NOT NULL)');
  await client.query('INSERT INTO schema_version VALUES ($1)', [version]);
  const both = async <T>(read: (schema: string) => Promise<T>) => ({
    migrated: await read('older'),
    written: await read('public'),
  });
  return {
    tables,
    migrate: () => migrateSchema(client, url),
    rows: (table) =>
      both((schema) => textsOf(client, `SELECT to_jsonb(t)::text FROM ${schema}.${table} AS t`)),
    indexes: () =>
      both((schema) =>
        textsOf(client, `SELECT indexname FROM pg_indexes WHERE schemaname = '${schema}'`),
      ),
    async verify() {
      await client.query('BEGIN');
      const found = await verify(client);
      await client.query('COMMIT');
      return found;
    },
    async close() {
      await client.query('DROP SCHEMA older CASCADE');
      await client.end();
    },
  };
}

/** Tables but the partitions of others, which are filled with those. */
async function tablesOf(client: pg.Client, schema: string): Promise<string[]> {
  return textsOf(
    client,
    `SELECT relname FROM pg_class WHERE relnamespace = '${schema}'::regnamespace
       AND relkind IN ('r', 'p') AND NOT relispartition`,
  );
}

async function copyRows(client: pg.Client, table: string): Promise<void> {
  const columnsOf = (schema: string) =>
    textsOf(
      client,
      `SELECT column_name FROM information_schema.columns
       WHERE table_schema = '${schema}' AND table_name = '${table}'`,
    );
  const there = await columnsOf('public');
  const columns = (await columnsOf('older')).filter((name) => there.includes(name)).join(', ');
  await client.query(
    `INSERT INTO older.${table} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM public.${table}`,
  );
}

async function textsOf(client: pg.Client, text: string): Promise<string[]> {
  const { rows } = await client.query<[string]>({ text, rowMode: 'array' });
  return rows.map(([first]) => first);
}
