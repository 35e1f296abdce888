import { existsSync } from 'node:fs';
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
import { StartupError } from '../startup-error.ts';
import { checkPlace } from './check-place.ts';
import { openReader, openWriter, type Connection } from './connection.ts';
import { lockFile } from './file-lock.ts';
import { migrateSchema, refuseHalfCopied, refuseOlder } from './migrate.ts';

/** Opens a database file to copy from; no server may have it. */
export function openCopySource(path: string): CopySource {
  if (!existsSync(path)) {
    throw new StartupError(
      `Cannot copy from ${path}: there is no such file. Name the file niitaka.db of a server.`,
    );
  }
  const { db, close } = openLocked(path, openReader, (opened) => {
    refuseHalfCopied(opened, path);
    refuseOlder(opened, path);
  });
  const tables = describe(db);
  return {
    place: path,
    tables: async () => tables,
    read: openRead(db, tables),
    async count(table) {
      const where = rowsCopied[table] === undefined ? '' : `WHERE ${rowsCopied[table]}`;
      return Number(db.prepare(`SELECT count(*) FROM ${table} AS t ${where}`).pluck().get());
    },
    sums: async (table) => sums(db, table),
    async timeSpan() {
      const row = db
        .prepare<[], [number | null, number | null]>(
          'SELECT min(started_at), max(arrived_at) FROM sessions',
        )
        .raw()
        .get();
      const [firstMs = null, lastMs = null] = row ?? [];
      return firstMs === null || lastMs === null ? null : { firstMs, lastMs };
    },
    close,
  };
}

/** Opens a database file to copy to; it is made where there is none. */
export function openCopyTarget(path: string): CopyTarget {
  checkPlace(path);
  const { db, close } = openLocked(path, openWriter, (opened) => {
    // A power cut may take the last pages copied, together with the note that they were.
    opened.pragma('synchronous = NORMAL');
    opened.pragma('wal_autocheckpoint = 4000');
    migrateSchema(opened, path);
  });
  const tables = describe(db);
  return {
    place: path,
    tables: async () => tables,
    begin: async (source) => begin(db, path, source.place),
    write: openWrite(db),
    sums: async (table) => sums(db, table),
    async finish() {
      db.exec(`DROP TABLE ${progressTable}`);
      db.pragma('wal_checkpoint(TRUNCATE)');
    },
    close,
  };
}

/** No server has the file meanwhile. */
function openLocked(
  path: string,
  open: (path: string) => Connection,
  prepare: (db: Connection) => void,
): { readonly db: Connection; close(): Promise<void> } {
  const lock = lockFile(path);
  let db: Connection | null = null;
  try {
    db = open(path);
    prepare(db);
  } catch (error) {
    db?.close();
    lock.close();
    throw error;
  }
  const opened = db;
  return {
    db: opened,
    async close() {
      opened.close();
      lock.close();
    },
  };
}

/** Every table with its columns, in the order of their names. */
function describe(db: Connection): StoredTable[] {
  const names = db
    .prepare(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'
         AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'goal\\_search%' ESCAPE '\\' AND name <> ? ORDER BY name`,
    )
    .pluck()
    .all(progressTable) as string[];
  return names.map((name) => {
    const columns = db.pragma(`table_info(${name})`) as { name: string; pk: number }[];
    const key = columns.filter(({ pk }) => pk > 0).toSorted((one, other) => one.pk - other.pk);
    return { name, columns: columns.map((one) => one.name), key: key.map((one) => one.name) };
  });
}

function openRead(db: Connection, tables: readonly StoredTable[]): CopySource['read'] {
  return async (table, afterKey, limit) => {
    const stored = tables.find(({ name }) => name === table.name);
    if (stored === undefined) throw new Error(`there is no table ${table.name}`);
    const text = pageSql(table, stored, afterKey === null, () => '?');
    const rows = db
      .prepare(text)
      .raw()
      .safeIntegers()
      .all(...(afterKey ?? []), limit) as CopyValue[][];
    const width = table.columns.length;
    return {
      rows: rows.map((row) => row.slice(0, width)),
      lastKey: rows.at(-1)?.slice(width) ?? [],
    };
  };
}

function begin(db: Connection, path: string, source: string): ReadonlyMap<string, CopyProgress> {
  const isUnderWay = db
    .prepare(`SELECT 1 FROM sqlite_schema WHERE name = '${progressTable}'`)
    .pluck()
    .get();
  if (isUnderWay === undefined) {
    const full = db
      .prepare('SELECT (SELECT count(*) FROM organisations) + (SELECT count(*) FROM sessions)')
      .pluck()
      .get();
    if (full !== 0) throw new StartupError(notEmpty(path));
    db.transaction(() => {
      db.exec(
        `CREATE TABLE ${progressTable} (table_name TEXT PRIMARY KEY, after_key TEXT, copied INTEGER NOT NULL)`,
      );
      db.prepare(`INSERT INTO ${progressTable} VALUES (?, ?, 0)`).run(sourceRow, source);
    })();
  }
  const rows = db.prepare<[], [string, string | null, number]>(`SELECT * FROM ${progressTable}`);
  const progress = new Map<string, CopyProgress>();
  for (const [name, afterKey, copied] of rows.raw().all()) progress.set(name, { afterKey, copied });
  return progress;
}

/** What is said of a target that holds something. */
export function notEmpty(place: string): string {
  return `Cannot copy to ${place}: it holds data already. Name an empty database or a new file.`;
}

function openWrite(db: Connection): CopyTarget['write'] {
  return async ({ name, columns }, rows, _before, after) => {
    const marks = columns.map(() => '?').join(', ');
    const insert = db.prepare(`INSERT INTO ${name} (${columns.join(', ')}) VALUES (${marks})`);
    const index = db.prepare('INSERT INTO goal_search (rowid, org, words) VALUES (?, ?, ?)');
    const note = db.prepare(
      `INSERT INTO ${progressTable} VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET after_key = excluded.after_key, copied = excluded.copied`,
    );
    const at = (column: string) => columns.indexOf(column);
    db.transaction(() => {
      for (const row of rows) {
        insert.run(row);
        if (name !== 'sessions' || row[at('goal_words')] === '') continue;
        const org = Buffer.from(row[at('org_id')] as Uint8Array).toString('hex');
        index.run(row[at('session_key')], org, row[at('goal_words')]);
      }
      note.run(name, after.afterKey, after.copied);
    })();
  };
}

function sums(db: Connection, table: CopyTable): TableSums {
  // Text is kept with U+FFFD for NUL on PostgreSQL, which is two bytes longer.
  db.function('bytes_elsewhere', { deterministic: true }, (text) =>
    Buffer.byteLength(String(text).replaceAll('\0', '\uFFFD')),
  );
  const kinds = new Map<string, string>();
  for (const { name, type } of db.pragma(`table_info(${table.name})`) as ColumnInfo[]) {
    kinds.set(name, type);
  }
  const dialect: SumDialect = {
    kindOf: (_, column) => kindByType[kinds.get(column) ?? ''] ?? 'bytes',
    bytesOf: (column) =>
      `CASE WHEN instr(CAST(${column} AS BLOB), x'00') > 0 THEN bytes_elsewhere(${column}) ELSE octet_length(${column}) END`,
    wholeOf: (column) => `CAST(${column} * 1024 AS INTEGER)`,
  };
  return sumsFrom(
    db.prepare<[], Record<string, unknown>>(sumsSql(table, dialect)).safeIntegers().get(),
  );
}

interface ColumnInfo {
  readonly name: string;
  readonly type: string;
}

const kindByType: Readonly<Record<string, CopyKind>> = {
  INTEGER: 'integer',
  REAL: 'real',
  TEXT: 'text',
  BLOB: 'bytes',
};
