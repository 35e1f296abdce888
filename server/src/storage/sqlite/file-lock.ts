import Database from 'better-sqlite3';
import { StartupError } from '../startup-error.ts';

/** A lock that ends with this process, however it ends. */
export interface FileLock {
  close(): void;
}

/** Holds a database file for this server alone; refuses when another one holds it. */
export function lockFile(path: string): FileLock {
  const lockPath = `${path}.lock`;
  const db = openLock(lockPath, path);
  try {
    // The lock is an open transaction on a side file: the system drops it when the process dies.
    db.pragma('busy_timeout = 0');
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (!isBusy(error)) throw new StartupError(unwritable(path, error));
    throw new StartupError(
      `Cannot use the database ${path}: another server holds it. Stop that server, or set NIITAKA_DATA to another directory.`,
    );
  }
  return { close: () => void db.close() };
}

function openLock(lockPath: string, path: string): Database.Database {
  try {
    return new Database(lockPath);
  } catch (error) {
    throw new StartupError(unwritable(path, error));
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

function unwritable(path: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `Cannot write beside the database ${path}: ${reason}. Check the directory's rights and free space, or set NIITAKA_DATA to another one.`;
}
