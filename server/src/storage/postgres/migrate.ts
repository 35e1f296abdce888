import type pg from 'pg';
import { migrations, postgresText } from '../migrations/all.ts';
import { halfCopied, progressTable } from '../copy-store.ts';
import { StartupError } from '../startup-error.ts';
import { errorOf, placeOf } from './connect.ts';

/** The one lock that steps of the schema are made under, held for a transaction. */
const schemaLock = 4_600_001;

/** Brings the schema to the newest version; refuses a newer one, and a database that a copy has not finished. */
export async function migrate(client: pg.Client, url: string): Promise<void> {
  await refuseHalfCopied(client, url);
  await migrateSchema(client, url);
}

/**
 * Brings the schema to the newest version, one transaction a step; refuses a newer one. Processes that start at once
 * wait for each other, and a step that was cut off leaves nothing behind.
 */
export async function migrateSchema(client: pg.Client, url: string): Promise<void> {
  const newest = migrations.at(-1)?.number ?? 0;
  try {
    await inLock(client, () =>
      client.query('CREATE TABLE IF NOT EXISTS schema_version (number bigint NOT NULL)'),
    );
    const found = await versionOf(client);
    if (found > newest) throw new StartupError(tooNew(url, found, newest));
    for (const step of migrations) {
      if (step.number <= found) continue;
      await inLock(client, async () => {
        // Another process may have been faster between the look and the lock.
        if ((await versionOf(client)) >= step.number) return;
        await client.query(postgresText(step));
        await client.query('DELETE FROM schema_version');
        await client.query('INSERT INTO schema_version VALUES ($1)', [step.number]);
      });
    }
  } catch (error) {
    if (errorOf(error).code !== '42501') throw error;
    throw new StartupError(
      `Cannot set up ${placeOf(url)}: this user may not make tables there. Grant it CREATE on the schema, or name another user in DATABASE_URL.`,
    );
  }
}

/** Throws a StartupError for a database whose schema is not the one this program writes. */
export async function refuseOther(client: pg.ClientBase, url: string): Promise<void> {
  await refuseHalfCopied(client, url);
  const newest = migrations.at(-1)?.number ?? 0;
  const found = await schemaVersionOf(client);
  if (found === newest) return;
  if (found === null) {
    throw new StartupError(
      `There is nothing of Niitaka in ${placeOf(url)}: start the server on it once, or name another database.`,
    );
  }
  if (found > newest) throw new StartupError(tooNew(url, found, newest));
  throw new StartupError(
    `Cannot use ${placeOf(url)}: it has schema version ${found}, this program wants ${newest}. Run "niitaka migrate" or start the server on it once.`,
  );
}

async function refuseHalfCopied(client: pg.ClientBase, url: string): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('${progressTable}') IS NOT NULL AS there`,
  );
  if (rows[0]?.there === true) throw new StartupError(halfCopied(placeOf(url)));
}

/** The version of the schema that is there; null without any. */
export async function schemaVersionOf(client: pg.ClientBase): Promise<number | null> {
  const { rows } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('schema_version') IS NOT NULL AS there`,
  );
  return rows[0]?.there === true ? versionOf(client) : null;
}

async function inLock(client: pg.Client, work: () => Promise<unknown>): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [schemaLock]);
    await work();
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function versionOf(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ number: string | null }>(
    'SELECT max(number) AS number FROM schema_version',
  );
  return Number(rows[0]?.number ?? 0);
}

function tooNew(url: string, found: number, newest: number): string {
  return `Cannot use ${placeOf(url)}: it has schema version ${found}, this program knows ${newest}. Start the newer program that wrote it, or name another database in DATABASE_URL.`;
}
