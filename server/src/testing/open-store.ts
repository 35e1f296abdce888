import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '@niitaka/core/result.ts';
import type { Command, CommandContext } from '../commands/command.ts';
import type { IngestOutcome } from '../commands/ingest/ingest-answer.ts';
import { ingestBatch } from '../commands/ingest/ingest-batch.ts';
import { createPolicyCache } from '../commands/policy-cache.ts';
import { createRootPublisher } from '../commands/root-publisher.ts';
import { openPriceBook } from '../prices/price-book.ts';
import { openWriter, type Connection } from '../storage/sqlite/connection.ts';
import { migrate } from '../storage/sqlite/migrate.ts';
import { openTx } from '../storage/sqlite/tx.ts';
import { verify } from '../storage/sqlite/verify.ts';
import type { Verification } from '../storage/verify/verification.ts';
import type { Tx } from '../storage/tx.ts';
import { parseBatch } from '../writer/parse-batch.ts';
import { compileRecordSchemas } from '../writer/record-schemas.ts';
import { testOrgId } from './records.ts';

/** A real database file with the commands over it, one transaction a call, and a clock the test sets. */
export interface TestStore {
  readonly db: Connection;
  readonly path: string;
  nowMs: number;
  staleAfterMs: number;
  /** Stands between commands and storage; a test may put a failing one here. */
  tx: Tx;
  ingest(
    records: readonly object[],
    around?: { sentAtMs?: number | null; orgId?: string },
  ): Promise<IngestOutcome>;
  run<Args, Value>(command: Command<Args, Value>, args: Args): Promise<Result<Value>>;
  /** The row of a session, its large integers as bigint. */
  session(id: string): Readonly<Record<string, unknown>>;
  verify(): Verification;
  close(): void;
}

const schemas = compileRecordSchemas();

/** Opens an empty database in a directory of its own, with the test organisations in it. */
export function openStore(nowMs: number): TestStore {
  const directory = mkdtempSync(join(tmpdir(), 'niitaka-test-'));
  const path = join(directory, 'niitaka.db');
  const db = openWriter(path);
  migrate(db, path);
  // What is thrown away with the directory need not survive a power cut.
  db.pragma('synchronous = OFF');
  addOrganisation(db, testOrgId);
  const roots = createRootPublisher();
  const policies = createPolicyCache();
  const prices = openPriceBook();
  let ids = 0;
  const context = (): CommandContext => ({
    tx: store.tx,
    nowMs: store.nowMs,
    newId: () => `00000000-0000-7000-9000-${String((ids += 1)).padStart(12, '0')}`,
    staleAfterMs: store.staleAfterMs,
    findPrice: prices.find,
    roots,
    policies,
  });
  const store: TestStore = {
    db,
    path,
    nowMs,
    staleAfterMs: 300_000,
    tx: openTx(db),
    async ingest(records, { sentAtMs = store.nowMs, orgId = testOrgId } = {}) {
      const envelope = sentAtMs === null ? {} : { sent_at: new Date(sentAtMs).toISOString() };
      const body = Buffer.from(JSON.stringify({ ...envelope, records }));
      const parsed = parseBatch(body, schemas);
      if (!parsed.ok) throw new Error(parsed.refusal.detail);
      const result = await store.run(ingestBatch, { orgId, batch: parsed.value });
      if (!result.ok) throw new Error(result.failure.message);
      return result.value;
    },
    async run(command, args) {
      db.exec('BEGIN IMMEDIATE');
      try {
        const result = await command(context(), args);
        db.exec(result.ok ? 'COMMIT' : 'ROLLBACK');
        return result;
      } catch (error) {
        db.exec('ROLLBACK');
        throw error;
      }
    },
    session(id) {
      const row = db
        .prepare('SELECT * FROM sessions WHERE id = ?')
        .safeIntegers()
        .get(Buffer.from(id.replaceAll('-', ''), 'hex'));
      if (row === undefined) throw new Error(`there is no session ${id}`);
      return row as Record<string, unknown>;
    },
    verify: () => verify(db),
    close() {
      db.close();
      rmSync(directory, { recursive: true });
    },
  };
  return store;
}

/** Adds an organisation, as the first start does. */
export function addOrganisation(db: Connection, orgId: string): void {
  db.prepare('INSERT INTO organisations (id, name, created_at) VALUES (?, ?, 0)').run(
    Buffer.from(orgId.replaceAll('-', ''), 'hex'),
    'test',
  );
}
