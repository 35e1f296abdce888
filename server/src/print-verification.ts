import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { StartupError } from './storage/startup-error.ts';
import { verifyFile } from './storage/sqlite/verify/verify.ts';
import { databaseFileName } from './writer/open-storage.ts';

/** What verifying the database found, as text and as a count; reads only, beside a running server too. */
export async function printVerification(
  config: Config,
): Promise<{ text: string; differences: number }> {
  if (config.databaseUrl !== null) {
    throw new StartupError(
      'Cannot verify a database server: this version verifies SQLite files only. Unset DATABASE_URL to verify the file in NIITAKA_DATA.',
    );
  }
  const path = join(config.dataDir, databaseFileName);
  if (!existsSync(path)) {
    throw new StartupError(
      `There is no database in ${config.dataDir}: set NIITAKA_DATA to the directory of the server.`,
    );
  }
  const { sessions, events, differenceCount, differences } = verifyFile(path);
  const lines = differences.map(
    ({ check, subject, field, stored, recomputed }) =>
      `${check}: ${field} of ${subject}: stored ${stored}, recomputed ${recomputed}`,
  );
  const untold = differenceCount - differences.length;
  if (untold > 0) lines.push(`and ${untold} more`);
  lines.push(`Verified ${sessions} sessions with ${events} events: ${differenceCount} differences`);
  return { text: lines.join('\n'), differences: differenceCount };
}
