import { afterAll, beforeAll, describe } from 'vitest';
import { citusUrl } from '../../testing/citus-database.ts';
import { createDatabase, type TestDatabase } from '../../testing/postgres-database.ts';
import { accessContract } from '../contract/access.ts';
import { connectAtStart } from './connect.ts';
import { openLane } from './lane.ts';
import { migrate } from './migrate.ts';
import { openReads } from './reads.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase();
  const client = await connectAtStart(database.url);
  await migrate(client, database.url);
  await client.end();
});

afterAll(() => database.drop());

const tables = [
  'organisations',
  'api_keys',
  'people',
  'sign_in_links',
  'browser_sessions',
  'views',
  'audit',
  'idempotency_keys',
];

describe('PostgreSQL', () => {
  accessContract(async () => {
    await database.query(tables.map((name) => `DELETE FROM ${name}`).join(';'));
    const lane = openLane({ url: database.url, isCitus: citusUrl !== null, priceIds: new Map() });
    const reads = openReads(database.url, 1);
    return {
      reader: reads.reader,
      async write(work) {
        await work(await lane.begin());
        await lane.commit();
      },
      async close() {
        await reads.close();
        await lane.close();
      },
    };
  });
});
