import type { Reader } from '../reader.ts';
import { sqliteAccessReader } from './access-reader.ts';
import type { Connection } from './connection.ts';

/** Every read of the port over one read-only connection. */
export function openReads(db: Connection): Reader {
  return { ...sqliteAccessReader(db) };
}
