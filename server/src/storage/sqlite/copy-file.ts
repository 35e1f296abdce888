import { closeSync, existsSync, fsyncSync, openSync, rmSync, statfsSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import Database from 'better-sqlite3';
import { StartupError } from '../startup-error.ts';
import { openReader, type Connection } from './connection.ts';

/** Told of what is done of all there is to do. */
export type OnProgress = (done: number, total: number) => void;

/** Pages copied in one step: others have their turn between. */
const pagesPerStep = 256;

/** Room beyond the size of the file itself that a copy wants, bytes. */
const slackBytes = 1_048_576;

/**
 * Copies a database to a new file, as it is at one moment, also while another process writes to it; the copy is on disk
 * and has no log beside it. Throws a StartupError and leaves nothing when it cannot.
 */
export async function copyFile(from: string, to: string, onProgress: OnProgress): Promise<void> {
  refuseWithoutRoom(from, to);
  removeDatabase(to);
  let db: Connection | null = null;
  try {
    db = openReader(from);
    // The snapshot is held until the end: without it every write of another process would begin the copy anew.
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    await db.backup(to, {
      progress({ totalPages, remainingPages }) {
        onProgress(totalPages - remainingPages, totalPages);
        return pagesPerStep;
      },
    });
    makeWhole(to);
  } catch (error) {
    removeDatabase(to);
    if (error instanceof StartupError) throw error;
    throw new StartupError(copyProblem(from, to, error));
  } finally {
    db?.close();
  }
}

/** Removes a database file and what lies beside it. */
export function removeDatabase(path: string): void {
  removeLogs(path);
  rmSync(path, { force: true });
}

/** Removes what lies beside a database file. */
export function removeLogs(path: string): void {
  for (const end of ['-wal', '-shm', '-journal']) rmSync(`${path}${end}`, { force: true });
}

/** Writes what is known of a file or directory to disk. */
export function syncPath(path: string): void {
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

/** One plain file. */
function makeWhole(path: string): void {
  const db = new Database(path);
  try {
    db.pragma('journal_mode = DELETE');
  } finally {
    db.close();
  }
  syncPath(path);
}

function refuseWithoutRoom(from: string, to: string): void {
  const directory = dirname(to);
  if (!existsSync(directory)) {
    throw new StartupError(
      `Cannot write ${to}: there is no directory ${directory}. Make it, or name another file.`,
    );
  }
  const log = `${from}-wal`;
  const wanted = statSync(from).size + (existsSync(log) ? statSync(log).size : 0) + slackBytes;
  const { bavail, bsize } = statfsSync(directory);
  if (bavail * bsize >= wanted) return;
  throw new StartupError(
    `Cannot write ${to}: ${megabytes(wanted)} are wanted, ${megabytes(bavail * bsize)} are free. Make room there, or name a file on another disk.`,
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_048_576)} MB`;
}

function copyProblem(from: string, to: string, error: unknown): string {
  const code = (error as { readonly code?: string }).code ?? '';
  const reason = error instanceof Error ? error.message : String(error);
  if (code === 'SQLITE_FULL') {
    return `Cannot write ${to}: the disk is full. Make room there, or name a file on another disk.`;
  }
  if (code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT') {
    return `Cannot copy ${from}: it is damaged or no database (${reason}). Take another file.`;
  }
  return `Cannot copy ${basename(from)} to ${to}: ${reason}. Check that the file is whole and that ${dirname(to)} may be written.`;
}
