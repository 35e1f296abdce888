import { join } from 'node:path';
import { existsSync } from 'node:fs';
import type { Result } from '@niitaka/core/result.ts';
import type { Command, CommandContext } from '../commands/command.ts';
import { createPolicyCache } from '../commands/policy-cache.ts';
import { createRootPublisher } from '../commands/root-publisher.ts';
import { openIds, systemClock } from '../context.ts';
import { openWriter } from '../storage/sqlite/connection.ts';
import { migrate } from '../storage/sqlite/migrate.ts';
import { openTx } from '../storage/sqlite/tx.ts';
import type { Tx } from '../storage/tx.ts';
import { StartupError } from '../storage/startup-error.ts';
import { databaseFileName, type StorageOptions } from './open-storage.ts';

/** Where the database is: in a directory, or on a server. */
export type AloneOptions = StorageOptions & { readonly databaseUrl: string | null };

/**
 * Runs one small command from a process of its own, also beside a running server: its transaction takes its turn
 * with the server's, and it touches nothing that a server keeps in memory (sessions are not for this).
 */
export async function runCommandAlone<Args, Value>(
  { dataDir, databaseUrl, staleAfterMs }: AloneOptions,
  command: Command<Args, Value>,
  args: Args,
): Promise<Result<Value>> {
  if (databaseUrl !== null) return runOnServer(databaseUrl, staleAfterMs, command, args);
  const path = join(dataDir, databaseFileName);
  if (!existsSync(path)) {
    throw new StartupError(
      `There is no database in ${dataDir}: start the server once, or set NIITAKA_DATA to its directory.`,
    );
  }
  const db = openWriter(path);
  try {
    migrate(db, path);
    db.exec('BEGIN IMMEDIATE');
    const result = await command(contextOf(openTx(db), staleAfterMs), args);
    db.exec(result.ok ? 'COMMIT' : 'ROLLBACK');
    return result;
  } finally {
    db.close();
  }
}

async function runOnServer<Args, Value>(
  url: string,
  staleAfterMs: number,
  command: Command<Args, Value>,
  args: Args,
): Promise<Result<Value>> {
  const { prepareDatabase } = await import('../storage/postgres/prepare-database.ts');
  const { openLane } = await import('../storage/postgres/lane.ts');
  const { isCitus } = await prepareDatabase(url);
  const lane = openLane({ url, isCitus, priceIds: new Map() });
  try {
    const result = await command(contextOf(await lane.begin(true), staleAfterMs), args);
    if (result.ok) await lane.commit();
    else await lane.rollback();
    return result;
  } finally {
    await lane.close();
  }
}

function contextOf(tx: Tx, staleAfterMs: number): CommandContext {
  return {
    tx,
    nowMs: systemClock(),
    newId: openIds(systemClock),
    staleAfterMs,
    findPrice: () => null,
    roots: createRootPublisher(),
    policies: createPolicyCache(),
  };
}
