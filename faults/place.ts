import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineName } from '../server/src/storage/port.ts';
import { verifyDatabase } from '../server/src/storage/postgres/verify.ts';
import { verifyFile } from '../server/src/storage/sqlite/verify.ts';
import { createDatabase, type TestDatabase } from '../server/src/testing/postgres-database.ts';
import { databaseFileName } from '../server/src/writer/open-storage.ts';
import { hold } from './fault.ts';
import { startUnderFault, type ServerUnderFault } from './server-under-fault.ts';

/** Where the servers of one fault keep their data: a directory, and with PostgreSQL a database of its own. */
export interface Place {
  readonly directory: string;
  /** Null with SQLite. */
  readonly database: TestDatabase | null;
  /** Starts a server on it. */
  start(environment?: Readonly<Record<string, string>>): Promise<ServerUnderFault>;
  /** Holds that every counter is what events give; `when` says in the message when that was. */
  holdCounters(when?: string): Promise<void>;
  remove(): Promise<void>;
}

/** Makes a place on an engine. */
export async function openPlace(engine: EngineName): Promise<Place> {
  const { path: directory, remove } = faultDirectory();
  const database = engine === 'postgres' ? await createDatabase() : null;
  const settings: Record<string, string> = database === null ? {} : { DATABASE_URL: database.url };
  return {
    directory,
    database,
    start: (environment) => startUnderFault(directory, { ...settings, ...environment }),
    async holdCounters(when = 'afterwards') {
      const { differenceCount, differences } =
        database === null
          ? verifyFile(join(directory, databaseFileName))
          : await verifyDatabase(database.url);
      hold(differenceCount === 0, `a counter is wrong ${when}: ${JSON.stringify(differences[0])}`);
    },
    async remove() {
      await database?.drop();
      remove();
    },
  };
}

/** Gives a fault a place and a server there, and takes both away afterwards. */
export async function withServer<Value>(
  engine: EngineName,
  use: (server: ServerUnderFault, place: Place) => Promise<Value>,
): Promise<Value> {
  const place = await openPlace(engine);
  const server = await place.start();
  try {
    return await use(server, place);
  } finally {
    await server.stop();
    await place.remove();
  }
}

/** A directory for one fault's data, and how to remove it. */
export function faultDirectory(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'niitaka-fault-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
