import type { Config } from '../config.ts';
import { systemClock } from '../context.ts';
import { countOldSessions, type OldSessions } from '../commands/count-old-sessions.ts';
import { deleteOldSessions, type RetentionRule } from '../commands/delete-old-sessions.ts';
import { StartupError } from '../storage/startup-error.ts';
import { openAlone, type Alone } from '../writer/run-command-alone.ts';
import { openProgress, type ProgressStream } from './progress.ts';

/** What the command line says about what is to be removed. */
export interface RetentionOrder {
  /** Null: as NIITAKA_RETENTION_DAYS says. */
  readonly days: number | null;
  /** Null: all. */
  readonly environment: string | null;
  readonly isDryRun: boolean;
}

/** Removes the sessions that are older than they are kept, or counts them; answers what went as text. */
export async function applyRetention(
  config: Config,
  { days, environment, isDryRun }: RetentionOrder,
  stream: ProgressStream,
): Promise<string> {
  const rules = rulesOf(config.retention, days, environment);
  const alone = await openAlone(config);
  try {
    const found = await old(alone, rules, environment);
    const sessions = found.reduce((sum, one) => sum + one.sessions, 0);
    const lines = found.map(lineOf);
    if (isDryRun) return [...lines, 'Nothing was deleted: this was a dry run'].join('\n');
    const deleted = await removeAll(alone, rules, sessions, stream);
    return [...lines, `Deleted ${deleted} sessions`].join('\n');
  } catch (error) {
    if (error instanceof StartupError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupError(
      `The removal stopped: ${reason}. What was removed so far is gone whole, nothing is half removed: give the command again to go on.`,
    );
  } finally {
    await alone.close();
    if (!isDryRun && config.databaseUrl !== null) await dropEmptyPartitions(config.databaseUrl);
  }
}

function rulesOf(
  configured: readonly RetentionRule[],
  days: number | null,
  environment: string | null,
): readonly RetentionRule[] {
  if (days !== null) return [{ environment, days }];
  const rule =
    configured.find((one) => one.environment === environment) ??
    configured.find((one) => one.environment === null);
  if (environment !== null && rule !== undefined) return [{ environment, days: rule.days }];
  if (environment === null && configured.length > 0) return configured;
  throw new StartupError(
    'Cannot tell what to remove: give --days N, or set NIITAKA_RETENTION_DAYS to the days that sessions are kept.',
  );
}

async function old(
  alone: Alone,
  rules: readonly RetentionRule[],
  environment: string | null,
): Promise<readonly OldSessions[]> {
  const counted = await alone.run(countOldSessions, { rules });
  if (!counted.ok) throw new StartupError(counted.failure.message);
  if (environment !== null && counted.value.length === 0) {
    throw new StartupError(
      `There is no environment ${JSON.stringify(environment)}: no session was ever stored in it.`,
    );
  }
  return counted.value;
}

function lineOf({ environment, beforeMs, sessions, events }: OldSessions): string {
  const before = new Date(beforeMs).toISOString();
  return `${environment}: ${sessions} sessions with ${events} events ended before ${before}`;
}

async function removeAll(
  alone: Alone,
  rules: readonly RetentionRule[],
  total: number,
  stream: ProgressStream,
): Promise<number> {
  const progress = openProgress(stream, 'sessions deleted');
  let deleted = 0;
  try {
    for (;;) {
      const ran = await alone.run(deleteOldSessions, { rules });
      if (!ran.ok) throw new StartupError(ran.failure.message);
      deleted += ran.value.deleted;
      if (!ran.value.more) return deleted;
      progress.show(deleted, Math.max(total, deleted));
    }
  } finally {
    progress.end();
  }
}

async function dropEmptyPartitions(url: string): Promise<void> {
  const { connectAtStart } = await import('../storage/postgres/connect.ts');
  const { keepPartitions } = await import('../storage/postgres/partitions.ts');
  const client = await connectAtStart(url);
  try {
    await keepPartitions(client, systemClock());
  } finally {
    await client.end();
  }
}
