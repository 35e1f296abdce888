import { connectAtStart } from './connect.ts';
import { migrate } from './migrate.ts';

/** Brings the schema of a database up to date; throws a StartupError with what to do. */
export async function prepareDatabase(url: string): Promise<{ readonly isCitus: boolean }> {
  const client = await connectAtStart(url);
  try {
    await migrate(client, url);
    const { rowCount } = await client.query(`SELECT 1 FROM pg_extension WHERE extname = 'citus'`);
    return { isCitus: rowCount === 1 };
  } finally {
    await client.end();
  }
}
