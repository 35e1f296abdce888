import { describe, expect, test } from 'vitest';
import { openStore } from '../../testing/open-store.ts';
import { noonMs, start } from '../../testing/records.ts';
import { singleFigureContract } from '../contract/single-figures.ts';
import { verificationContract, type SpoiledStore } from '../contract/verification.ts';
import { verify, verifyFile } from './verify.ts';

describe('SQLite', () => {
  verificationContract(open, `INSERT INTO goal_search (goal_search) VALUES ('delete-all')`);
  singleFigureContract(open);
});

async function open(nowMs: number): Promise<SpoiledStore> {
  const store = openStore(nowMs);
  return {
    ingest: (records) => store.ingest(records),
    async verifyAfter(change) {
      store.db.exec('BEGIN');
      store.db.exec(change);
      const found = verify(store.db);
      store.db.exec('ROLLBACK');
      return found;
    },
    async close() {
      store.close();
    },
  };
}

test('verifyFile() reads the file beside its writer, and refuses one that a newer program has written', async () => {
  const store = openStore(noonMs);
  await store.ingest([start(1)]);
  expect(verifyFile(store.path)).toEqual(store.verify());
  store.db.pragma('user_version = 99');
  expect(() => verifyFile(store.path)).toThrow('it has schema version 99, this program knows');
  store.close();
});
