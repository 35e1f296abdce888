import { join, resolve } from 'node:path';
import type { Config } from '../config.ts';
import { restore } from '../storage/sqlite/restore.ts';
import { StartupError } from '../storage/startup-error.ts';
import { databaseFileName } from '../writer/open-storage.ts';
import { quoted } from './back-up.ts';
import { openProgress, type ProgressStream } from './progress.ts';

/** Makes a backup the database of the data directory; answers what is in it as text. */
export async function restoreBackup(
  config: Config,
  { from, replaces }: { readonly from: string; readonly replaces: boolean },
  stream: ProgressStream,
): Promise<string> {
  if (config.databaseUrl !== null) {
    throw new StartupError(
      `Cannot restore to a database server: PostgreSQL has a program of its own for it. Run: pg_restore --clean --if-exists --no-owner --dbname="$DATABASE_URL" ${quoted(from)}`,
    );
  }
  const path = join(config.dataDir, databaseFileName);
  const source = resolve(from);
  const progress = openProgress(stream, 'pages restored');
  const { sessions, events } = await restore(
    { from: source, path, replaces },
    progress.show,
  ).finally(progress.end);
  return `Restored ${sessions} sessions with ${events} events from ${source} to ${path}. Start the server.`;
}
