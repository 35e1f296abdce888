import { migrations } from '../migrations/all.ts';
import { halfCopied, progressTable } from '../copy-store.ts';
import { StartupError } from '../startup-error.ts';
import type { Connection } from './connection.ts';

/** Brings the schema to the newest version; refuses a newer one, and a file that a copy has not finished. */
export function migrate(db: Connection, path: string): void {
  refuseHalfCopied(db, path);
  migrateSchema(db, path);
}

/** Brings the schema to the newest version, one transaction a step; refuses a newer one. */
export function migrateSchema(db: Connection, path: string): void {
  refuseNewer(db, path);
  const found = versionOf(db);
  for (const step of migrations) {
    if (step.number <= found) continue;
    db.transaction(() => {
      // Another process may have been faster between the look and the lock.
      if (versionOf(db) >= step.number) return;
      db.exec(step.sqlite);
      db.pragma(`user_version = ${step.number}`);
    }).immediate();
  }
}

/** Throws a StartupError for a database that a newer program has written. */
export function refuseNewer(db: Connection, path: string): void {
  const newest = migrations.at(-1)?.number ?? 0;
  const found = versionOf(db);
  if (found <= newest) return;
  throw new StartupError(
    `Cannot use the database ${path}: it has schema version ${found}, this program knows ${newest}. Start the newer program that wrote it, or set NIITAKA_DATA to another directory.`,
  );
}

/** Throws a StartupError for a file whose schema is not the one this program writes. */
export function refuseOlder(db: Connection, path: string): void {
  refuseNewer(db, path);
  const newest = migrations.at(-1)?.number ?? 0;
  const found = versionOf(db);
  if (found === newest) return;
  throw new StartupError(
    `Cannot use the database ${path}: it has schema version ${found}, this program wants ${newest}. Run "niitaka migrate" or start the server on it once.`,
  );
}

/** Throws a StartupError for a file that a copy has not finished. */
export function refuseHalfCopied(db: Connection, path: string): void {
  const there = db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(progressTable);
  if (there !== undefined) throw new StartupError(halfCopied(`the database ${path}`));
}

/** The version of the schema that is there; 0 without any. */
export function versionOf(db: Connection): number {
  return Number(db.pragma('user_version', { simple: true }));
}
