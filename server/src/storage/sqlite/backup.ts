import { chmodSync, existsSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartupError } from '../startup-error.ts';
import { checkBackup, type BackupFacts } from './check-backup.ts';
import { copyFile, removeDatabase, syncPath, type OnProgress } from './copy-file.ts';
import { markBackup } from './file-lock.ts';

/** What a backup holds, and how large it is. */
export interface BackedUp extends BackupFacts {
  readonly bytes: number;
}

/** Writes the database as it is at this moment to a new file, beside a running server; checks what was written. */
export async function backUp(path: string, to: string, onProgress: OnProgress): Promise<BackedUp> {
  if (existsSync(to)) {
    throw new StartupError(
      `Cannot back up to ${to}: there is a file already. Remove it, or name another.`,
    );
  }
  const part = `${to}.part`;
  const mark = markBackup(path);
  try {
    await copyFile(path, part, onProgress);
  } finally {
    mark.close();
  }
  let facts: BackupFacts;
  try {
    facts = checkBackup(part);
  } catch (error) {
    removeDatabase(part);
    throw error;
  }
  // Whoever reads the backup reads everything.
  chmodSync(part, 0o600);
  renameSync(part, to);
  syncPath(dirname(to));
  return { ...facts, bytes: statSync(to).size };
}
