import pg from 'pg';
import { distribute } from '../storage/postgres/distribute.ts';
import { migrate } from '../storage/postgres/migrate.ts';

/** The coordinator that tests of storage run on when `NIITAKA_TEST_CITUS_URL` names one; null: a PostgreSQL of their own. */
export const citusUrl = process.env['NIITAKA_TEST_CITUS_URL'] || null;

/** Few shards: a database is made for nearly every test file. */
const shardCount = 4;

/**
 * Makes a database on the coordinator and each of its workers, with the schema in it and its tables spread. The URL's
 * user must be a superuser that all nodes let in alike.
 */
export async function createSpreadDatabase(coordinator: string, name: string): Promise<void> {
  const workers = await workersOf(coordinator);
  for (const node of [coordinator, ...workers]) {
    await runOn(node, `CREATE DATABASE ${name}`);
    await runOn(inDatabase(node, name), 'CREATE EXTENSION citus');
  }
  await runOn(coordinator, `ALTER DATABASE ${name} SET citus.shard_count = ${shardCount}`);
  const url = inDatabase(coordinator, name);
  for (const worker of workers) {
    const { hostname, port } = new URL(worker);
    await runOn(url, `SELECT citus_add_node('${hostname}', ${port})`);
  }
  await withClient(url, async (client) => {
    await migrate(client, url);
    await distribute(client, url);
  });
}

/** Takes the database off the coordinator and its workers. */
export async function dropSpreadDatabase(coordinator: string, name: string): Promise<void> {
  for (const node of [coordinator, ...(await workersOf(coordinator))]) {
    await runOn(node, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }
}

/** The workers that the coordinator's own database knows, as addresses for the same user. */
async function workersOf(coordinator: string): Promise<string[]> {
  return withClient(coordinator, async (client) => {
    const { rows } = await client.query<{ nodename: string; nodeport: number }>(
      'SELECT nodename, nodeport FROM pg_dist_node WHERE groupid <> 0 AND isactive ORDER BY nodeid',
    );
    if (rows.length === 0) throw new Error('NIITAKA_TEST_CITUS_URL: the coordinator has no worker');
    return rows.map(({ nodename, nodeport }) => {
      const worker = new URL(coordinator);
      worker.hostname = nodename;
      worker.port = String(nodeport);
      return worker.href;
    });
  });
}

function inDatabase(node: string, name: string): string {
  const url = new URL(node);
  url.pathname = `/${name}`;
  return url.href;
}

async function runOn(url: string, text: string): Promise<void> {
  await withClient(url, (client) => client.query(text));
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
