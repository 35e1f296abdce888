import type pg from 'pg';
import {
  pageSql,
  progressTable,
  rowsCopied,
  sourceRow,
  type CopyKind,
  type CopyProgress,
  type CopySource,
  type CopyTable,
  type CopyTarget,
  type CopyValue,
  type StoredTable,
  type TableSums,
} from '../copy-store.ts';
import { sumsFrom, sumsSql, type SumDialect } from '../copy-sums.ts';
import { notEmpty } from '../sqlite/copy.ts';
import { StartupError } from '../startup-error.ts';
import { connectAtStart, placeOf } from './connect.ts';
import { lexemesOf } from './goal-lexemes.ts';
import { migrateSchema, refuseOther } from './migrate.ts';
import { keepPartitions, makePartitions } from './partitions.ts';
import { unnest, type Column } from './unnest.ts';
import { bigintTypes, parameter, type ColumnType } from './values.ts';

/** Opens a database server to copy from; no server of ours may work on it. */
export async function openCopySource(url: string): Promise<CopySource> {
  const client = await connectAtStart(url);
  try {
    await refuseOther(client, url);
    await refuseServed(client, url);
    await client.query(readText);
    const tables = await describe(client);
    return {
      place: placeOf(url),
      tables: async () => tables,
      read: openRead(client, tables),
      async count(table) {
        const where = rowsCopied[table] === undefined ? '' : `WHERE ${rowsCopied[table]}`;
        const [row] = await arrays(client, `SELECT count(*) FROM ${table} AS t ${where}`);
        return Number(row?.[0]);
      },
      sums: (table) => sums(client, tables, table),
      async timeSpan() {
        const [row] = await arrays(client, 'SELECT min(started_at), max(arrived_at) FROM sessions');
        const [first = null, last = null] = row ?? [];
        return first === null ? null : { firstMs: Number(first), lastMs: Number(last) };
      },
      close: () => client.end(),
    };
  } catch (error) {
    await client.end();
    throw error;
  }
}

/**
 * One snapshot for all pages. Of a key that begins with the same organisation everywhere the planner thinks that few
 * rows follow, and sorts the rest of the table for each page: it is told to walk the index.
 */
const readText =
  'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL enable_sort = off; SET LOCAL enable_incremental_sort = off';

/** Opens a database server to copy to; its schema is made where there is none. */
export async function openCopyTarget(url: string, nowMs: number): Promise<CopyTarget> {
  const client = await connectAtStart(url);
  try {
    await migrateSchema(client, url);
    await refuseServed(client, url);
    const tables = await describe(client);
    return {
      place: placeOf(url),
      tables: async () => tables,
      begin: (source) => begin(client, url, source, nowMs),
      write: openWrite(client, tables),
      sums: (table) => sums(client, tables, table),
      async finish() {
        await client.query(
          `BEGIN; ${sequences.map(continueText).join('; ')}; DROP TABLE ${progressTable}; COMMIT`,
        );
        await client.query('ANALYZE');
      },
      close: () => client.end(),
    };
  } catch (error) {
    await client.end();
    throw error;
  }
}

/** Columns whose next value follows the greatest copied. */
const sequences = [
  ['sessions', 'session_key'],
  ['prices_used', 'id'],
] as const;

function continueText([table, column]: (typeof sequences)[number]): string {
  return `SELECT setval(pg_get_serial_sequence('${table}', '${column}'), (SELECT greatest(max(${column}), 1) FROM ${table}))`;
}

/** The lease that every running server renews within seconds. */
const servedText = `SELECT 1 FROM jobs WHERE name = 'close-stale-sessions' AND lease_owner IS NOT NULL
  AND lease_until > (extract(epoch FROM clock_timestamp()) * 1000)::bigint`;

async function refuseServed(client: pg.Client, url: string): Promise<void> {
  const { rowCount } = await client.query(servedText);
  if (rowCount === 0) return;
  throw new StartupError(
    `Cannot copy with ${placeOf(url)}: a server works on it. Stop every server on it, and try again ten seconds later.`,
  );
}

interface PostgresTable extends StoredTable {
  readonly types: ReadonlyMap<string, string>;
}

/** Every table with its columns, in the order of their names; partitions belong to theirs. */
async function describe(client: pg.Client): Promise<PostgresTable[]> {
  const { rows } = await client.query<{
    name: string;
    columns: string[];
    types: string[];
    key: string[];
  }>(
    `SELECT c.relname AS name,
       array_agg(a.attname::text ORDER BY a.attnum) AS columns,
       array_agg(format_type(a.atttypid, NULL) ORDER BY a.attnum) AS types,
       (SELECT array_agg(k.attname::text ORDER BY array_position(i.indkey::int2[], k.attnum))
        FROM pg_index AS i JOIN pg_attribute AS k ON k.attrelid = i.indrelid AND k.attnum = ANY (i.indkey)
        WHERE i.indrelid = c.oid AND i.indisprimary) AS key
     FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND c.relname NOT IN ('schema_version', '${progressTable}')
     GROUP BY c.oid, c.relname ORDER BY c.relname COLLATE "C"`,
  );
  return rows.map(({ name, columns, types, key }) => ({
    name,
    columns,
    key,
    types: new Map(columns.map((column, index) => [column, types[index] ?? ''])),
  }));
}

function tableOf(tables: readonly PostgresTable[], wanted: string): PostgresTable {
  const found = tables.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`there is no table ${wanted}`);
  return found;
}

function openRead(client: pg.Client, tables: readonly PostgresTable[]): CopySource['read'] {
  return async (table, afterKey, limit) => {
    const stored = tableOf(tables, table.name);
    const text = pageSql(table, stored, afterKey === null, (number) => `$${number}`);
    const rows = await arrays(client, text, [...(afterKey ?? []), limit]);
    const width = table.columns.length;
    return {
      rows: rows.map((row) => row.slice(0, width)),
      lastKey: rows.at(-1)?.slice(width) ?? [],
    };
  };
}

async function arrays(
  client: pg.Client,
  text: string,
  values: readonly unknown[] = [],
): Promise<CopyValue[][]> {
  const types = bigintTypes as pg.CustomTypesConfig;
  const query = { text, values: values.map(parameter), types, rowMode: 'array' as const };
  return (await client.query<CopyValue[]>(query)).rows;
}

async function begin(
  client: pg.Client,
  url: string,
  source: CopySource,
  nowMs: number,
): Promise<ReadonlyMap<string, CopyProgress>> {
  const [known] = await arrays(client, `SELECT to_regclass('${progressTable}') IS NOT NULL`);
  if (String(known?.[0]) !== 't') {
    const [full] = await arrays(
      client,
      'SELECT (SELECT count(*) FROM organisations) + (SELECT count(*) FROM sessions)',
    );
    if (full?.[0] !== 0n) throw new StartupError(notEmpty(placeOf(url)));
    await keepPartitions(client, nowMs);
    const span = await source.timeSpan();
    if (span !== null) await makePartitions(client, span.firstMs, span.lastMs);
    await client.query(
      `BEGIN; CREATE TABLE ${progressTable} (table_name text PRIMARY KEY, after_key text, copied bigint NOT NULL)`,
    );
    await client.query(`INSERT INTO ${progressTable} VALUES ($1, $2, 0)`, [
      sourceRow,
      source.place,
    ]);
    await client.query('COMMIT');
  }
  const progress = new Map<string, CopyProgress>();
  for (const [name, afterKey, copied] of await arrays(client, `SELECT * FROM ${progressTable}`)) {
    progress.set(String(name), { afterKey: afterKey as string | null, copied: Number(copied) });
  }
  return progress;
}

function openWrite(client: pg.Client, tables: readonly PostgresTable[]): CopyTarget['write'] {
  return async ({ name, columns }, rows, before, after) => {
    const { types } = tableOf(tables, name);
    const typed = columns.map((column): Column => ({
      name: column,
      type: types.get(column) as ColumnType,
    }));
    const { from, values } = unnest(typed, rows);
    const isIndexed = name === 'sessions';
    const names = [...columns, ...(isIndexed ? ['goal_index'] : [])].join(', ');
    const given = [...columns, ...(isIndexed ? [lexemesOf('goal_words')] : [])].join(', ');
    try {
      // What a crash of the server takes, it takes together with the note that it was copied.
      await client.query('BEGIN; SET LOCAL synchronous_commit = off');
      await client.query(
        `INSERT INTO ${name} (${names}) OVERRIDING SYSTEM VALUE SELECT ${given} FROM ${from}`,
        [...values],
      );
      await note(client, name, before, after);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  };
}

/** Another copy that works on the same target has moved the note: one of the two gives up. */
async function note(
  client: pg.Client,
  name: string,
  before: CopyProgress,
  after: CopyProgress,
): Promise<void> {
  const { rowCount } = await client.query(
    `INSERT INTO ${progressTable} AS p VALUES ($1, $2, $3)
     ON CONFLICT (table_name) DO UPDATE SET after_key = excluded.after_key, copied = excluded.copied
     WHERE p.copied = $4`,
    [name, after.afterKey, after.copied, before.copied],
  );
  if (rowCount === 1) return;
  throw new StartupError(
    'Cannot go on copying: another copy writes to the same database. Let it end.',
  );
}

async function sums(
  client: pg.Client,
  tables: readonly PostgresTable[],
  table: CopyTable,
): Promise<TableSums> {
  const { types } = tableOf(tables, table.name);
  const dialect: SumDialect = {
    kindOf: (_, column) => kindByType[types.get(column) ?? ''] ?? 'bytes',
    bytesOf: (column) => `octet_length(${column})`,
    wholeOf: (column) => `trunc(${column} * 1024)::bigint`,
  };
  const { rows } = await client.query<Record<string, unknown>>(sumsSql(table, dialect));
  return sumsFrom(rows[0]);
}

const kindByType: Readonly<Record<string, CopyKind>> = {
  bigint: 'integer',
  'double precision': 'real',
  text: 'text',
  uuid: 'bytes',
  bytea: 'bytes',
};
