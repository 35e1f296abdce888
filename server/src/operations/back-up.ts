import { resolve } from 'node:path';
import type { Config } from '../config.ts';
import { backUp } from '../storage/sqlite/backup.ts';
import { StartupError } from '../storage/startup-error.ts';
import { existingFile } from './database-file.ts';
import { openProgress, type ProgressStream } from './progress.ts';

/** Writes a backup of the embedded database to a file, beside a running server; answers what is in it as text. */
export async function backUpDatabase(
  config: Config,
  to: string,
  stream: ProgressStream,
): Promise<string> {
  const target = resolve(to);
  if (config.databaseUrl !== null) {
    throw new StartupError(
      `Cannot back up a database server: PostgreSQL has a program of its own for it. Run: pg_dump --format=custom --file=${quoted(to)} "$DATABASE_URL"`,
    );
  }
  const path = existingFile(config);
  const progress = openProgress(stream, 'pages backed up');
  const started = performance.now();
  const { sessions, events, bytes } = await backUp(path, target, progress.show).finally(
    progress.end,
  );
  const size = `${(bytes / 1_048_576).toFixed(1)} MB`;
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  return `Backed up ${sessions} sessions with ${events} events to ${target} (${size}, ${seconds} s, checked)`;
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
