import { mkdirSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { StartupError } from '../startup-error.ts';

/** Before 3.51.3 SQLite could lose commits when its log began anew. */
export const oldestSqlite = '3.51.3';

/** File systems over a network, by the number that statfs gives: SQLite's log needs shared memory on one machine. */
const networkFileSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x517b, 'SMB'],
  [0x01021997, '9P'],
  [0x65735546, 'FUSE'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
]);

/** Makes the directory of the database where it is missing, and refuses a place where commits could be lost. */
export function checkPlace(path: string): void {
  const directory = dirname(path);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupError(
      `Cannot make the data directory ${directory}: ${reason}. Set NIITAKA_DATA to one that can be written.`,
    );
  }
  const kind = networkFileSystems.get(statfsSync(directory).type);
  if (kind !== undefined) {
    throw new StartupError(
      `Cannot keep the database in ${directory}: it is on a network file system (${kind}), where commits can be lost. Set NIITAKA_DATA to a local disk.`,
    );
  }
}

/** Refuses an SQLite library that can lose commits. */
export function checkSqliteVersion(): void {
  const db = new Database(':memory:');
  const version = String(db.prepare('SELECT sqlite_version()').pluck().get());
  db.close();
  if (!isOlder(version, oldestSqlite)) return;
  throw new StartupError(
    `Cannot use SQLite ${version}: versions before ${oldestSqlite} can lose commits. Install the dependencies again with "npm ci".`,
  );
}

/** Whether one dotted version stands before another. */
export function isOlder(version: string, than: string): boolean {
  const parts = version.split('.').map(Number);
  const wanted = than.split('.').map(Number);
  for (const [index, part] of wanted.entries()) {
    const found = parts[index] ?? 0;
    if (found !== part) return found < part;
  }
  return false;
}
