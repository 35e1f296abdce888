import { existsSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { StartupError } from '../startup-error.ts';

/** A lock that ends with this process, however it ends. */
export interface FileLock {
  close(): void;
}

/** Holds a database file for this server alone; refuses when another one holds it. */
export function lockFile(path: string): FileLock {
  const lock = hold(`${path}.lock`, path);
  if (lock !== null) return lock;
  throw new StartupError(
    `Cannot use the database ${path}: another server holds it. Stop that server, or set NIITAKA_DATA to another directory.`,
  );
}

/** Says to the server of a database file, if one runs, that it is being backed up. */
export function markBackup(path: string): FileLock {
  const mark = hold(backupMark(path), path);
  if (mark !== null) {
    return {
      close() {
        mark.close();
        rmSync(backupMark(path), { force: true });
      },
    };
  }
  throw new StartupError(
    `Cannot back up the database ${path}: another backup of it is running. Wait until it has ended.`,
  );
}

/** Whether somebody backs the file up; what a backup that died left behind does not count, and goes. */
export function isBackupRunning(path: string): boolean {
  if (!existsSync(backupMark(path))) return false;
  const left = hold(backupMark(path), path);
  if (left === null) return true;
  left.close();
  rmSync(backupMark(path), { force: true });
  return false;
}

function backupMark(path: string): string {
  return `${path}.backup-lock`;
}

/** Null when another process holds it. */
function hold(lockPath: string, path: string): FileLock | null {
  const db = openLock(lockPath, path);
  try {
    // The lock is an open transaction on a side file: the system drops it when the process dies.
    db.pragma('busy_timeout = 0');
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (!isBusy(error)) throw new StartupError(unwritable(path, error));
    return null;
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
