import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Storage } from '../storage/port.ts';
import { checkPlace, checkSqliteVersion } from '../storage/sqlite/check-place.ts';
import { lockFile } from '../storage/sqlite/file-lock.ts';
import { createReadGate } from '../storage/sqlite/read-gate.ts';
import { startReaders } from '../storage/sqlite/reader-client.ts';
import type { WriterOptions } from './messages.ts';
import { startWriter } from './writer-client.ts';

/** The name of the database file in its directory. */
export const databaseFileName = 'niitaka.db';

/** Threads that read. */
const readerCount = 2;

/** Where the database is and how its sessions go stale. */
export interface StorageOptions {
  readonly dataDir: string;
  readonly staleAfterMs: number;
}

/** Opens the embedded database and the threads that work on it; throws a StartupError with what to do. */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const path = join(options.dataDir, databaseFileName);
  checkSqliteVersion();
  checkPlace(path);
  const lock = lockFile(path);
  const readGate = createReadGate();
  const data: WriterOptions = { path, staleAfterMs: options.staleAfterMs, readGate };
  const script = new URL('./writer-thread.ts', import.meta.url);
  const writer = await startWriter({ script, data, logPath: `${path}-wal` }).catch(
    (error: unknown) => {
      lock.close();
      throw error;
    },
  );
  const reading = new URL('../reader/reader-thread.ts', import.meta.url);
  const readers = startReaders({ script: reading, path, readGate }, readerCount);
  return {
    engine: 'sqlite',
    ingest: (request) => writer.ingest(request),
    run: (name, args) => writer.run(name, args),
    reader: readers.reader,
    readerUntil: (gone) => readers.readerUntil(gone),
    readyUntil: (gone) => readers.readyUntil(gone),
    onChange: (listener) => writer.onChange(listener),
    waitOfMs: (senderId) => writer.waitOfMs(senderId),
    onGroup: (listener) => writer.onGroup(listener),
    health() {
      const { bodies, bytes, ageMs } = writer.queued();
      const problem = writer.problem();
      return {
        ok: problem === null,
        detail: problem ?? 'the storage answers',
        queuedBodies: bodies,
        queuedBytes: bytes,
        queueAgeMs: ageMs,
        logBytes: statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0,
      };
    },
    // The file is locked: no other process has jobs to do.
    takeLease: async () => true,
    failed: writer.failed,
    async close() {
      await readers.close();
      await writer.close();
      lock.close();
    },
  };
}
