import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { budgetContract } from '../contract/budgets.ts';
import { eventWritesContract } from '../contract/event-writes.ts';
import { outcomeWritesContract } from '../contract/outcome-writes.ts';
import { sessionWritesContract } from '../contract/session-writes.ts';
import { contractOrgs, type WriteEngine } from '../contract/write-rows.ts';
import { addOrganisation } from '../../testing/open-store.ts';
import { openWriter } from './connection.ts';
import { migrate } from './migrate.ts';
import { openReads } from './reads.ts';
import { openTx } from './tx.ts';

describe('SQLite', () => {
  sessionWritesContract(openEngine);
  eventWritesContract(openEngine);
  outcomeWritesContract(openEngine);
  budgetContract(openEngine);
});

async function openEngine(): Promise<WriteEngine> {
  const directory = mkdtempSync(join(tmpdir(), 'niitaka-test-'));
  const path = join(directory, 'niitaka.db');
  const db = openWriter(path);
  // What is thrown away with the directory need not survive a power cut.
  db.pragma('synchronous = OFF');
  migrate(db, path);
  for (const orgId of contractOrgs) addOrganisation(db, orgId);
  const tx = openTx(db);
  return {
    async write(work) {
      db.exec('BEGIN IMMEDIATE');
      const value = await work(tx);
      db.exec('COMMIT');
      return value;
    },
    async revision(orgId) {
      return openReads(db).revision(orgId);
    },
    async writeAndFail(work) {
      db.exec('BEGIN IMMEDIATE');
      await work(tx);
      db.exec('ROLLBACK');
    },
    async close() {
      db.close();
      rmSync(directory, { recursive: true });
    },
  };
}
