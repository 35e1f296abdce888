import { join } from 'node:path';
import { existsSync } from 'node:fs';
import type { Result } from '@niitaka/core/result.ts';
import type { Command } from '../commands/command.ts';
import { createRootPublisher } from '../commands/root-publisher.ts';
import { openIds, systemClock } from '../context.ts';
import { openWriter } from '../storage/sqlite/connection.ts';
import { migrate } from '../storage/sqlite/migrate.ts';
import { openTx } from '../storage/sqlite/tx.ts';
import { StartupError } from '../storage/startup-error.ts';
import { databaseFileName, type StorageOptions } from './open-storage.ts';

/**
 * Runs one small command from a process of its own, also beside a running server: its transaction takes its turn
 * with the server's, and it touches nothing that a server keeps in memory (sessions are not for this).
 */
export async function runCommandAlone<Args, Value>(
  { dataDir, staleAfterMs }: StorageOptions,
  command: Command<Args, Value>,
  args: Args,
): Promise<Result<Value>> {
  const path = join(dataDir, databaseFileName);
  if (!existsSync(path)) {
    throw new StartupError(
      `There is no database in ${dataDir}: start the server once, or set NIITAKA_DATA to its directory.`,
    );
  }
  const db = openWriter(path);
  try {
    migrate(db, path);
    const context = {
      tx: openTx(db),
      nowMs: systemClock(),
      newId: openIds(systemClock),
      staleAfterMs,
      findPrice: () => null,
      roots: createRootPublisher(),
    };
    db.exec('BEGIN IMMEDIATE');
    const result = await command(context, args);
    db.exec(result.ok ? 'COMMIT' : 'ROLLBACK');
    return result;
  } finally {
    db.close();
  }
}
