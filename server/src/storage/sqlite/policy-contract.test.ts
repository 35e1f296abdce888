import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { policyContract } from '../contract/policies.ts';
import { openReader, openWriter } from './connection.ts';
import { migrate } from './migrate.ts';
import { openReads } from './reads.ts';
import { openTx } from './tx.ts';

describe('SQLite', () => {
  policyContract(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'niitaka-'));
    const path = join(directory, 'niitaka.db');
    const db = openWriter(path);
    db.pragma('synchronous = OFF');
    migrate(db, path);
    const readOnly = openReader(path);
    const tx = openTx(db);
    return {
      reader: openReads(readOnly),
      async write(work) {
        db.exec('BEGIN IMMEDIATE');
        await work(tx);
        db.exec('COMMIT');
      },
      async close() {
        for (const connection of [readOnly, db]) connection.close();
        rmSync(directory, { recursive: true });
      },
    };
  });
});
