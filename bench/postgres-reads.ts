import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyDatabase } from '@niitaka/server/operations/copy-database.ts';
import { createDatabase } from '@niitaka/server/testing/postgres-database.ts';
import { databaseFileName } from '../server/src/writer/open-storage.ts';
import type { Figure } from './figure.ts';
import { measureReads, seedDatabase, type ReadScale } from './reads.ts';
import { startServer } from './server-process.ts';

/** The bars of one file, times this. */
const slower = 3;

/** The reads over HTTP from a PostgreSQL on this machine that holds a copy of a seeded file. */
export async function benchPostgresReads(
  scale: ReadScale,
  runs: number,
): Promise<readonly Figure[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'niitaka-bench-'));
  const database = await createDatabase({ isMeasured: true });
  try {
    const ids = await seedDatabase(dataDir, scale);
    await copyDatabase(`sqlite:${join(dataDir, databaseFileName)}`, database.url, process.stderr);
    // What autovacuum comes to by itself, some minutes later.
    await database.query('VACUUM ANALYZE');
    const server = await startServer(undefined, { DATABASE_URL: database.url });
    try {
      return (await measureReads(server, ids, runs)).map(asOnPostgres);
    } finally {
      await server.stop();
    }
  } finally {
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function asOnPostgres({ bar, ...figure }: Figure): Figure {
  const name = `postgres ${figure.name}`;
  const [, limit] = /^<= (\d+)$/.exec(bar ?? '') ?? [];
  return limit === undefined
    ? { ...figure, name }
    : { ...figure, name, bar: `p95 <= ${Number(limit) * slower}` };
}
