import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { accessContract } from '../contract/access.ts';
import { openReader, openWriter } from './connection.ts';
import { migrate } from './migrate.ts';
import { openReads } from './reads.ts';
import { openTx } from './tx.ts';

describe('SQLite', () => {
  accessContract(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'niitaka-'));
    const path = join(directory, 'niitaka.db');
    const db = openWriter(path);
    // What is thrown away with the directory need not survive a power cut.
    db.pragma('synchronous = OFF');
    migrate(db, path);
    const tx = openTx(db);
    const readOnly = openReader(path);
    return {
      reader: openReads(readOnly),
      async write(work) {
        db.exec('BEGIN IMMEDIATE');
        await work(tx);
        db.exec('COMMIT');
      },
      async close() {
        readOnly.close();
        db.close();
        rmSync(directory, { recursive: true });
      },
    };
  });
});
