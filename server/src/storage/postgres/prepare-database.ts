import { connectAtStart } from './connect.ts';
import { migrate } from './migrate.ts';
import { keepPartitions } from './partitions.ts';

/**
 * Brings the schema of a database up to date, with partitions for the days to come where the moment is given; throws a
 * StartupError with what to do.
 */
export async function prepareDatabase(
  url: string,
  nowMs: number | null = null,
): Promise<{ readonly isCitus: boolean }> {
  const client = await connectAtStart(url);
  try {
    await migrate(client, url);
    if (nowMs !== null) await keepPartitions(client, nowMs);
    const { rowCount } = await client.query(`SELECT 1 FROM pg_extension WHERE extname = 'citus'`);
    return { isCitus: rowCount === 1 };
  } finally {
    await client.end();
  }
}
