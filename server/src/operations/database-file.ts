import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { StartupError } from '../storage/startup-error.ts';
import { databaseFileName } from '../writer/open-storage.ts';

/** The path of the database file; throws a StartupError where there is none. */
export function existingFile({ dataDir }: Pick<Config, 'dataDir'>): string {
  const path = join(dataDir, databaseFileName);
  if (existsSync(path)) return path;
  throw new StartupError(
    `There is no database in ${dataDir}: set NIITAKA_DATA to the directory of the server.`,
  );
}
