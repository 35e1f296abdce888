import { existsSync } from 'node:fs';
import { join } from 'node:path';
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

/** Runs commands from a process of its own. */
export interface Alone {
  run<Args, Value>(command: Command<Args, Value>, args: Args): Promise<Result<Value>>;
  close(): Promise<void>;
}

/** Opens a database for {@link runCommandAlone}, for as many commands as are wanted. */
export async function openAlone(options: AloneOptions): Promise<Alone> {
  const { dataDir, databaseUrl, staleAfterMs } = options;
  if (databaseUrl !== null) return openOnServer(databaseUrl, staleAfterMs);
  const path = join(dataDir, databaseFileName);
  if (!existsSync(path)) {
    throw new StartupError(
      `There is no database in ${dataDir}: start the server once, or set NIITAKA_DATA to its directory.`,
    );
  }
  const db = openWriter(path);
  try {
    migrate(db, path);
  } catch (error) {
    db.close();
    throw error;
  }
  const tx = openTx(db);
  return {
    async run(command, args) {
      db.exec('BEGIN IMMEDIATE');
      try {
        const result = await command(contextOf(tx, staleAfterMs), args);
        db.exec(result.ok ? 'COMMIT' : 'ROLLBACK');
        return result;
      } catch (error) {
        // A full disk or an I/O error has rolled back already.
        if (db.inTransaction) db.exec('ROLLBACK');
        throw error;
      }
    },
    async close() {
      db.close();
    },
  };
}

/**
 * Runs one command, also beside a running server: its transaction takes its turn with the server's, which keeps nothing
 * of sessions in memory.
 */
export async function runCommandAlone<Args, Value>(
  options: AloneOptions,
  command: Command<Args, Value>,
  args: Args,
): Promise<Result<Value>> {
  const alone = await openAlone(options);
  try {
    return await alone.run(command, args);
  } finally {
    await alone.close();
  }
}

/** Attempts of one command where transactions stand in each other's way. */
const attempts = 5;

async function openOnServer(url: string, staleAfterMs: number): Promise<Alone> {
  const { prepareDatabase } = await import('../storage/postgres/prepare-database.ts');
  const { openLane } = await import('../storage/postgres/lane.ts');
  const { mayPass } = await import('../storage/postgres/connect.ts');
  const { isCitus } = await prepareDatabase(url);
  const lane = openLane({ url, isCitus, priceIds: new Map() });
  const attempt = async <Args, Value>(command: Command<Args, Value>, args: Args) => {
    try {
      const result = await command(contextOf(await lane.begin(true), staleAfterMs), args);
      if (result.ok) await lane.commit();
      else await lane.rollback();
      return result;
    } catch (error) {
      await lane.rollback();
      throw error;
    }
  };
  return {
    async run(command, args) {
      for (let tried = 1; ; tried += 1) {
        try {
          return await attempt(command, args);
        } catch (error) {
          if (tried >= attempts || !mayPass(error)) throw error;
        }
      }
    },
    close: () => lane.close(),
  };
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
