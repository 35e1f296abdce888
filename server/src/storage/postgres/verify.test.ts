import { describe, expect, test } from 'vitest';
import { citusUrl } from '../../testing/citus-database.ts';
import { openPostgresStore } from '../../testing/open-postgres-store.ts';
import { createDatabase } from '../../testing/postgres-database.ts';
import { noonMs, start } from '../../testing/records.ts';
import { singleFigureContract } from '../contract/single-figures.ts';
import { verificationContract, type SpoiledStore } from '../contract/verification.ts';
import { connect } from './connect.ts';
import { verify, verifyDatabase } from './verify.ts';

describe('PostgreSQL', () => {
  verificationContract(open, 'UPDATE sessions SET goal_index = NULL');
  singleFigureContract(open);
});

async function open(nowMs: number): Promise<SpoiledStore> {
  const store = await openPostgresStore(nowMs);
  const client = await connect(store.database.url);
  return {
    ingest: (records) => store.ingest(records),
    async verifyAfter(change) {
      await client.query('BEGIN');
      await client.query(change);
      const found = await verify(client);
      await client.query('ROLLBACK');
      return found;
    },
    async close() {
      await client.end();
      await store.close();
    },
  };
}

describe('verifyDatabase()', () => {
  test('reads what is committed, and refuses what a newer program has written', async () => {
    const store = await openPostgresStore(noonMs);
    await store.ingest([start(1)]);
    const { url } = store.database;
    expect(await verifyDatabase(url)).toMatchObject({ sessions: 1, events: 0, differenceCount: 0 });
    await store.database.query('UPDATE schema_version SET number = 99');
    await expect(verifyDatabase(url)).rejects.toThrow(
      'it has schema version 99, this program knows',
    );
    await store.database.query('UPDATE schema_version SET number = 1');
    await expect(verifyDatabase(url)).rejects.toThrow('Run "niitaka migrate"');
    await store.close();
  });

  test.skipIf(citusUrl !== null)(
    'says of a database without anything that there is nothing',
    async () => {
      const database = await createDatabase();
      await expect(verifyDatabase(database.url)).rejects.toThrow('There is nothing of Niitaka in');
      await database.drop();
    },
  );
});
