import { existsSync, statSync } from 'node:fs';
import { StartupError } from '../startup-error.ts';
import { openReader, type Connection } from './connection.ts';
import { refuseNewer } from './migrate.ts';

/** How much is in a file. */
export interface BackupFacts {
  readonly sessions: number;
  readonly events: number;
}

/** Reads a whole file; throws a StartupError unless it is a sound database of this program or an older one. */
export function checkBackup(path: string): BackupFacts {
  if (!existsSync(path)) throw new StartupError(`Cannot read ${path}: there is no such file.`);
  if (!statSync(path).isFile()) {
    throw new StartupError(`Cannot read ${path}: it is no file. Name the file of the backup.`);
  }
  const db = openSound(path);
  try {
    const damage = damageIn(db);
    if (damage !== null) {
      throw new StartupError(damaged(path, damage));
    }
    if (!isOurs(db)) {
      throw new StartupError(`Cannot use ${path}: it is no database of Niitaka.`);
    }
    refuseNewer(db, path);
    const count = (table: string) =>
      Number(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
    return { sessions: count('sessions'), events: count('events') };
  } finally {
    db.close();
  }
}

function openSound(path: string): Connection {
  try {
    return openReader(path);
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError(damaged(path, error instanceof Error ? error.message : String(error)));
  }
}

function damaged(path: string, damage: string): string {
  return `Cannot use ${path}: it is damaged (${damage}). Take another backup.`;
}

/** What is wrong with the file in the words of SQLite; null when nothing is. */
function damageIn(db: Connection): string | null {
  try {
    const found = String(db.pragma('integrity_check(1)', { simple: true }));
    return found === 'ok' ? null : (found.split('\n')[0] ?? found);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isOurs(db: Connection): boolean {
  const wanted = `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('organisations', 'sessions', 'events')`;
  return db.prepare(wanted).pluck().get() === 3;
}
