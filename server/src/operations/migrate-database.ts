import type { Config } from '../config.ts';
import { systemClock } from '../context.ts';
import { StartupError } from '../storage/startup-error.ts';
import { existingFile } from './database-file.ts';

/** Brings the schema to what this program writes, and spreads it over Citus where asked; answers what was done. */
export async function migrateDatabase(config: Config, isCitus: boolean): Promise<string> {
  if (config.databaseUrl !== null) return migrateServer(config.databaseUrl, isCitus);
  if (isCitus) {
    throw new StartupError(
      'Cannot distribute a file: set DATABASE_URL to the coordinator of a Citus cluster, or leave --citus out.',
    );
  }
  const { openWriter } = await import('../storage/sqlite/connection.ts');
  const { migrate, versionOf } = await import('../storage/sqlite/migrate.ts');
  const path = existingFile(config);
  const db = openWriter(path);
  try {
    const before = versionOf(db);
    migrate(db, path);
    return told(path, before, versionOf(db));
  } finally {
    db.close();
  }
}

async function migrateServer(url: string, isCitus: boolean): Promise<string> {
  const { connectAtStart, placeOf } = await import('../storage/postgres/connect.ts');
  const { migrate, schemaVersionOf } = await import('../storage/postgres/migrate.ts');
  const { keepPartitions } = await import('../storage/postgres/partitions.ts');
  const client = await connectAtStart(url);
  try {
    const before = (await schemaVersionOf(client)) ?? 0;
    await migrate(client, url);
    const lines = [told(placeOf(url), before, (await schemaVersionOf(client)) ?? 0)];
    if (isCitus) {
      const { distribute } = await import('../storage/postgres/distribute.ts');
      const tables = await distribute(client, url);
      lines.push(
        `Distributed: ${tables.length === 0 ? 'all tables were already' : tables.join(', ')}`,
      );
    }
    await keepPartitions(client, systemClock());
    return lines.join('\n');
  } finally {
    await client.end();
  }
}

function told(place: string, before: number, after: number): string {
  if (before === after) return `The schema of ${place} is at version ${after} already`;
  return `The schema of ${place} went from version ${before} to ${after}`;
}
