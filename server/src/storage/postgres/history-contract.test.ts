import { describe } from 'vitest';
import { openPostgresStore } from '../../testing/open-postgres-store.ts';
import { historyContract } from '../contract/histories.ts';
import { verifyDatabase } from './verify.ts';

describe('PostgreSQL', () => {
  historyContract(async (nowMs, orgIds) => {
    const store = await openPostgresStore(nowMs, orgIds);
    return { ...store, verify: () => verifyDatabase(store.database.url) };
  });
});
