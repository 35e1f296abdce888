import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../testing/postgres-database.ts';
import { prepareDatabase } from './prepare-database.ts';

/** Tables that are spread over many servers, each by the column that says where a row is. */
const spread: [table: string, column: string][] = [
  ['sessions', 'id'],
  ['events', 'session_id'],
  ['decision_traces', 'session_id'],
  ['signals', 'subject_id'],
];

/** What of a session moves with every batch: an index on it would make every update write all of them. */
const moving = new Set([
  'last_seen_at',
  'last_event_at',
  'position',
  'event_count',
  'step_count',
  'llm_count',
  'tool_count',
  'total_cost',
  'total_tokens',
  'input_tokens',
  'output_tokens',
  'expected',
  'received',
]);

describe('tables that may be spread over many servers', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
    await prepareDatabase(database.url);
  });
  afterAll(() => database.drop());

  const textsOf = async (text: string, ...values: string[]) =>
    (await database.query(text, values)).map((row) => String(row['text']));

  test.each(spread)(
    'every unique key of %s holds the organisation and %s (O1)',
    async (table, column) => {
      const keys = await textsOf(
        `SELECT (SELECT string_agg(a.attname, ' ') FROM pg_attribute AS a
         WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)) AS text
       FROM pg_index AS i WHERE i.indrelid = $1::regclass AND i.indisunique`,
        table,
      );
      expect(keys.length).toBeGreaterThan(0);
      for (const key of keys) {
        expect(key.split(' ')).toEqual(expect.arrayContaining(['org_id', column]));
      }
    },
  );

  test.each(spread)('%s refuses a row without its place', async (table, column) => {
    const nullable = await textsOf(
      `SELECT attname AS text FROM pg_attribute
       WHERE attrelid = $1::regclass AND attname IN ('org_id', $2) AND NOT attnotnull`,
      table,
      column,
    );
    expect(nullable).toEqual([]);
  });

  test.each(spread)(
    '%s has no foreign key, no trigger, and no default that counts',
    async (table) => {
      const found = await textsOf(
        `SELECT conname AS text FROM pg_constraint
         WHERE contype = 'f' AND $1::regclass IN (conrelid, confrelid)
       UNION ALL SELECT tgname FROM pg_trigger WHERE tgrelid = $1::regclass
       UNION ALL SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef
         WHERE adrelid = $1::regclass AND pg_get_expr(adbin, adrelid) LIKE '%nextval%'`,
        table,
      );
      expect(found).toEqual([]);
    },
  );

  test('no index of sessions holds what moves with every batch', async () => {
    const indexes = await textsOf(
      `SELECT pg_get_indexdef(indexrelid) AS text FROM pg_index WHERE indrelid = 'sessions'::regclass`,
    );
    expect(indexes.length).toBeGreaterThan(5);
    for (const index of indexes) {
      const columns = index.slice(index.indexOf('(')).match(/\w+/g) ?? [];
      expect([index, columns.filter((name) => moving.has(name))]).toEqual([index, []]);
    }
  });

  test('no statement is written in words that are refused there', () => {
    const refused = /\bwith\s+recursive\b|\bmerge\s+into\b|\bnextval\s*\(|\boffset\s+\$/i;
    const folders = [import.meta.dirname, `${import.meta.dirname}/../queries`];
    const files = folders.flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
        .map((name) => `${folder}/${name}`),
    );
    expect(files.length).toBeGreaterThan(50);
    const found = files.filter((file) => refused.test(readFileSync(file, 'utf8')));
    expect(found).toEqual([]);
  });
});
