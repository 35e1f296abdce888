import type pg from 'pg';
import { systemClock } from '../context.ts';
import { readyReads } from '../reader/ready-reads.ts';
import type { Storage } from '../storage/port.ts';
import { describeFailure } from '../storage/postgres/connect.ts';
import { openLeases, type Leases } from '../storage/postgres/leases.ts';
import { listen } from '../storage/postgres/listen.ts';
import { keepPartitions } from '../storage/postgres/partitions.ts';
import { prepareDatabase } from '../storage/postgres/prepare-database.ts';
import { openPool, openReads } from '../storage/postgres/reads.ts';
import type { PostgresWriterOptions } from './messages.ts';
import { startWriter } from './writer-client.ts';

/** Connections that read. */
const readerCount = 4;

/** Connections for what keeps processes together: leases and revisions. */
const controlCount = 1;

/** Which server, and how sessions go stale. */
export interface PostgresStorageOptions {
  readonly url: string;
  /** A direct connection to the same server; null: `url` is one. */
  readonly listenUrl: string | null;
  readonly staleAfterMs: number;
}

/** Opens a database on a server that other processes use too; throws a StartupError with what to do. */
export async function openPostgresStorage(options: PostgresStorageOptions): Promise<Storage> {
  const { url, listenUrl, staleAfterMs } = options;
  const { isCitus } = await prepareDatabase(url, systemClock());
  const data: PostgresWriterOptions = { url, isCitus, staleAfterMs };
  const script = new URL('./postgres-writer-thread.ts', import.meta.url);
  const writer = await startWriter({ script, data, logPath: null });
  const reads = openReads(url, readerCount, { isCitus });
  const control = openPool(url, controlCount);
  const leases = openLeases(control);
  const listeners = new Set<(orgId: string) => void>();
  const tell = (orgId: string) => {
    for (const listener of listeners) listener(orgId);
  };
  // What this process commits is told at once, what others do by the server.
  const stopOwn = writer.onChange(tell);
  const stopListening = listen({ url: listenUrl ?? url, pool: control, onChange: tell });
  const reach = watchReach(control);
  const stopPartitions = watchPartitions(control, leases);
  return {
    engine: 'postgres',
    ingest: (request) => writer.ingest(request),
    run: (name, args) => writer.run(name, args),
    reader: reads.reader,
    readerUntil: (gone) => reads.readerUntil(gone),
    readyUntil: (gone) => readyReads(reads.readerUntil(gone)),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    waitOfMs: (senderId) => writer.waitOfMs(senderId),
    onGroup: (listener) => writer.onGroup(listener),
    health() {
      const { bodies, bytes, ageMs } = writer.queued();
      const problem = writer.problem() ?? reach.problem();
      return {
        ok: problem === null,
        detail: problem ?? 'the storage answers',
        queuedBodies: bodies,
        queuedBytes: bytes,
        queueAgeMs: ageMs,
        logBytes: null,
      };
    },
    takeLease: (job, forMs) => leases.take(job, forMs),
    failed: writer.failed,
    async close() {
      reach.stop();
      stopPartitions();
      stopOwn();
      await stopListening();
      await writer.close();
      await leases.release().catch(() => undefined);
      await reads.close();
      await control.end();
    },
  };
}

/** How often partitions are looked after, ms: they are made days ahead. */
const partitionsEveryMs = 3_600_000;

/** Looks after partitions now and again, by one process at a time. */
function watchPartitions(pool: pg.Pool, leases: Leases): () => void {
  const keep = async () => {
    if (!(await leases.take('keep-partitions', partitionsEveryMs / 2))) return;
    const client = await pool.connect();
    try {
      await keepPartitions(client, systemClock());
    } finally {
      client.release();
    }
  };
  const tryToKeep = () =>
    void keep().catch((error: unknown) =>
      process.stderr.write(`partitions: ${describeFailure(error)}\n`),
    );
  const timer = setInterval(tryToKeep, partitionsEveryMs).unref();
  return () => clearInterval(timer);
}

/** How often the server is asked whether it answers, ms. */
const askEveryMs = 2_000;

function watchReach(pool: pg.Pool): { problem(): string | null; stop(): void } {
  let problem: string | null = null;
  const ask = () =>
    pool.query('SELECT 1').then(
      () => (problem = null),
      (error: unknown) => (problem = `the database does not answer: ${describeFailure(error)}`),
    );
  const timer = setInterval(() => void ask(), askEveryMs).unref();
  return { problem: () => problem, stop: () => clearInterval(timer) };
}
