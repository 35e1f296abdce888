import { join } from 'node:path';
import { describe } from 'vitest';
import { openStore } from '../../testing/open-store.ts';
import { olderSchemaContract, type AgedStore } from '../contract/older-schemas.ts';
import { migrations } from '../migrations/all.ts';
import { openWriter, type Connection } from './connection.ts';
import { migrateSchema } from './migrate.ts';
import { verify } from './verify.ts';

describe('SQLite', () => olderSchemaContract(openAged));

async function openAged(
  nowMs: number,
  records: readonly object[],
  version: number,
): Promise<AgedStore> {
  const store = openStore(nowMs);
  await store.ingest(records);
  const path = join(store.path, '..', 'older.db');
  const db = openWriter(path);
  for (const { sqlite } of migrations.slice(0, version)) db.exec(sqlite);
  db.pragma(`user_version = ${version}`);
  db.exec(`ATTACH '${store.path}' AS written`);
  const tables = namesOf(db, 'main', `type = 'table' AND name NOT LIKE 'goal_search%'`);
  for (const table of tables) db.exec(copyText(db, table));
  db.exec(
    `INSERT INTO goal_search (rowid, org, words) SELECT rowid, org, words FROM goal_documents WHERE words <> ''`,
  );
  const both = <T>(read: (schema: string) => T) => ({
    migrated: read('main'),
    written: read('written'),
  });
  return {
    tables,
    migrate: async () => migrateSchema(db, path),
    rows: async (table) => both((schema) => rowsOf(db, schema, table)),
    indexes: async () => both((schema) => namesOf(db, schema, `type = 'index'`)),
    verify: async () => verify(db),
    async close() {
      db.close();
      store.close();
    },
  };
}

/** Copies what both schemas know of a table; the first one had its tags by session id. */
function copyText(db: Connection, table: string): string {
  const there = columnsOf(db, 'written', table);
  const own = columnsOf(db, 'main', table);
  if (table === 'session_tags' && own.includes('session_id')) {
    return `INSERT INTO main.session_tags SELECT t.org_id, t.key, t.value, s.id
      FROM written.session_tags AS t JOIN written.sessions AS s USING (session_key)`;
  }
  const columns = own.filter((name) => there.includes(name)).join(', ');
  return `INSERT INTO main.${table} (${columns}) SELECT ${columns} FROM written.${table}`;
}

function namesOf(db: Connection, schema: string, where: string): string[] {
  return db
    .prepare<[], string>(
      `SELECT name FROM ${schema}.sqlite_schema WHERE ${where} AND name NOT LIKE 'sqlite_%'`,
    )
    .pluck()
    .all();
}

function columnsOf(db: Connection, schema: string, table: string): string[] {
  const rows = db.pragma(`${schema}.table_info(${table})`) as { name: string }[];
  return rows.map(({ name }) => name).toSorted();
}

function rowsOf(db: Connection, schema: string, table: string): string[] {
  const columns = columnsOf(db, schema, table).map((name) => `'${name}', quote(${name})`);
  return db
    .prepare<[], string>(`SELECT json_array(${columns.join(', ')}) FROM ${schema}.${table}`)
    .pluck()
    .all();
}
