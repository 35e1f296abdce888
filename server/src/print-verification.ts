import type { Config } from './config.ts';
import { existingFile } from './operations/database-file.ts';
import type { Verification } from './storage/verify/verification.ts';

/** What verifying the database found, as text and as a count; reads only, beside a running server too. */
export async function printVerification(
  config: Config,
): Promise<{ text: string; differences: number }> {
  const { sessions, events, differenceCount, differences } = await verifyConfigured(config);
  const lines = differences.map(
    ({ check, subject, field, stored, recomputed }) =>
      `${check}: ${field} of ${subject}: stored ${stored}, recomputed ${recomputed}`,
  );
  const untold = differenceCount - differences.length;
  if (untold > 0) lines.push(`and ${untold} more`);
  lines.push(`Verified ${sessions} sessions with ${events} events: ${differenceCount} differences`);
  return { text: lines.join('\n'), differences: differenceCount };
}

/** Only the engine that is asked for is loaded. */
async function verifyConfigured({ databaseUrl, dataDir }: Config): Promise<Verification> {
  if (databaseUrl !== null) {
    const { verifyDatabase } = await import('./storage/postgres/verify.ts');
    return verifyDatabase(databaseUrl);
  }
  const path = existingFile({ dataDir });
  const { verifyFile } = await import('./storage/sqlite/verify.ts');
  return verifyFile(path);
}
