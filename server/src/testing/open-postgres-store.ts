import type { Result } from '@niitaka/core/result.ts';
import type { Command } from '../commands/command.ts';
import type { IngestOutcome } from '../commands/ingest/ingest-answer.ts';
import { ingestBatch } from '../commands/ingest/ingest-batch.ts';
import { createPolicyCache } from '../commands/policy-cache.ts';
import { createRootPublisher } from '../commands/root-publisher.ts';
import { openPriceBook } from '../prices/price-book.ts';
import { connectAtStart } from '../storage/postgres/connect.ts';
import { openLane } from '../storage/postgres/lane.ts';
import { migrate } from '../storage/postgres/migrate.ts';
import { openReads } from '../storage/postgres/reads.ts';
import type { Reader } from '../storage/reader.ts';
import { parseBatch } from '../writer/parse-batch.ts';
import { compileRecordSchemas } from '../writer/record-schemas.ts';
import { citusUrl } from './citus-database.ts';
import { createDatabase, type TestDatabase } from './postgres-database.ts';
import { testOrgId } from './records.ts';

/** A database of its own with the commands over it, one transaction a call. */
export interface PostgresStore {
  readonly database: TestDatabase;
  readonly reader: Reader;
  nowMs: number;
  ingest(records: readonly object[], orgId?: string): Promise<IngestOutcome>;
  run<Args, Value>(command: Command<Args, Value>, args: Args): Promise<Result<Value>>;
  close(): Promise<void>;
}

const schemas = compileRecordSchemas();

/** Opens an empty database with the test organisation, and others, in it. */
export async function openPostgresStore(
  nowMs: number,
  orgIds: readonly string[] = [],
  { isCitus = citusUrl !== null }: { readonly isCitus?: boolean } = {},
): Promise<PostgresStore> {
  const database = await createDatabase();
  const client = await connectAtStart(database.url);
  await migrate(client, database.url);
  for (const orgId of [testOrgId, ...orgIds]) {
    const insert = `INSERT INTO organisations (id, name, created_at) VALUES ($1, 'test', 0)`;
    await client.query(insert, [orgId]);
  }
  await client.end();
  const lane = openLane({ url: database.url, isCitus, priceIds: new Map() });
  const reads = openReads(database.url, 2, { isCitus: citusUrl !== null });
  const roots = createRootPublisher();
  const policies = createPolicyCache();
  const prices = openPriceBook();
  let ids = 0;
  const store: PostgresStore = {
    database,
    reader: reads.reader,
    nowMs,
    async ingest(records, orgId = testOrgId) {
      const envelope = { sent_at: new Date(store.nowMs).toISOString(), records };
      const parsed = parseBatch(Buffer.from(JSON.stringify(envelope)), schemas);
      if (!parsed.ok) throw new Error(parsed.refusal.detail);
      const result = await store.run(ingestBatch, { orgId, batch: parsed.value });
      if (!result.ok) throw new Error(result.failure.message);
      return result.value;
    },
    async run(command, args) {
      const tx = await lane.begin();
      try {
        const context = {
          tx,
          nowMs: store.nowMs,
          newId: () => `00000000-0000-7000-9000-${String((ids += 1)).padStart(12, '0')}`,
          staleAfterMs: 300_000,
          findPrice: prices.find,
          roots,
          policies,
        };
        const result = await command(context, args);
        if (result.ok) await lane.commit();
        else await lane.rollback();
        return result;
      } catch (error) {
        await lane.rollback();
        throw error;
      }
    },
    async close() {
      await reads.close();
      await lane.close();
      await database.drop();
    },
  };
  return store;
}
