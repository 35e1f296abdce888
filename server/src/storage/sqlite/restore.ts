import { existsSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartupError } from '../startup-error.ts';
import { checkBackup, type BackupFacts } from './check-backup.ts';
import { checkPlace } from './check-place.ts';
import { openWriter } from './connection.ts';
import { copyFile, removeDatabase, removeLogs, syncPath, type OnProgress } from './copy-file.ts';
import { lockFile } from './file-lock.ts';

/** Which file becomes the database, and whether it may take the place of one. */
export interface Restore {
  readonly from: string;
  readonly path: string;
  readonly replaces: boolean;
}

/**
 * Makes a backup the database of a directory. It is checked first, and again as it lies there; until the last step the
 * old one stays as it was. Throws a StartupError with what to do.
 */
export async function restore(
  { from, path, replaces }: Restore,
  onProgress: OnProgress,
): Promise<BackupFacts> {
  checkBackup(from);
  checkPlace(path);
  const lock = lockFile(path);
  const part = `${path}.restoring`;
  try {
    if (existsSync(path) && !replaces) {
      throw new StartupError(
        `Cannot restore to ${path}: there is a database already. Back it up, then give --replace, or set NIITAKA_DATA to another directory.`,
      );
    }
    await copyFile(from, part, onProgress);
    const facts = checkBackup(part);
    if (existsSync(path)) emptyLog(path);
    renameSync(part, path);
    syncPath(dirname(path));
    return facts;
  } finally {
    removeDatabase(part);
    lock.close();
  }
}

/** INVARIANT: no log of the old database is left beside the new one, which would take it for its own. */
function emptyLog(path: string): void {
  try {
    const db = openWriter(path);
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.pragma('journal_mode = DELETE');
    db.close();
  } catch {
    // A damaged file is what a backup is put back for.
  }
  removeLogs(path);
}
