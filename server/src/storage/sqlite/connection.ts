import Database from 'better-sqlite3';
import { StartupError } from '../startup-error.ts';

/** A connection to the database file. */
export type Connection = Database.Database;

/** The one connection that writes: WAL, every commit on disk, checkpoints run by the checkpointer alone. */
export function openWriter(path: string): Connection {
  const db = openFile(path, {});
  db.pragma('page_size = 8192');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('wal_autocheckpoint = 0');
  db.pragma('cache_size = -32768');
  // What is deleted is overwritten: no byte of a deleted session is left in the file.
  db.pragma('secure_delete = ON');
  setCommon(db);
  return db;
}

/** A connection that reads only. */
export function openReader(path: string): Connection {
  const db = openFile(path, { readonly: true });
  db.pragma('cache_size = -32768');
  db.pragma('query_only = ON');
  setCommon(db);
  return db;
}

/** A connection for checkpoints, with a small cache. */
export function openCheckpointer(path: string): Connection {
  const db = openFile(path, {});
  db.pragma('wal_autocheckpoint = 0');
  db.pragma('cache_size = -512');
  setCommon(db);
  return db;
}

function openFile(path: string, options: Database.Options): Connection {
  try {
    return new Database(path, options);
  } catch (error) {
    throw new StartupError(openProblem(path, error));
  }
}

function setCommon(db: Connection): void {
  db.pragma('busy_timeout = 5000');
  db.pragma('temp_store = MEMORY');
  db.pragma('foreign_keys = OFF');
}

function openProblem(path: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `Cannot open the database ${path}: ${reason}. Check that the directory exists and may be written, or set NIITAKA_DATA to another one.`;
}
