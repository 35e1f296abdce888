import type { Statement } from 'better-sqlite3';
import { sql } from 'kysely';
import { ReadAbandonedError, ReadTimeoutError } from '../read-unavailable.ts';
import type { Reader } from '../reader.ts';
import { compileForSqlite, type Runner } from '../queries/runner.ts';
import { queryReads } from '../queries/query-reads.ts';
import { serverReads } from '../queries/server-reads.ts';
import { accessReads } from '../queries/access-reads.ts';
import { versionReads } from '../queries/agent-versions.ts';
import { readMarkReads } from '../queries/read-marks.ts';
import { modelReads } from '../queries/models.ts';
import { policyReads } from '../queries/policies.ts';
import { sqliteStatements } from './statements.ts';
import type { Connection } from './connection.ts';
import { sqliteFlavour } from './flavour.ts';
import { readLimitMs } from './read-limit.ts';
import { uuidBlob, uuidText } from './uuid-blob.ts';

/** Statements kept prepared; beyond this many the oldest goes. */
const preparedStatements = 200;

/** What ends a read before it is done. */
export interface ReadLimits {
  readonly limitMs: number;
  /** Whether nobody waits any more for the read under way. */
  isAbandoned(): boolean;
}

const standing: ReadLimits = { limitMs: readLimitMs, isAbandoned: () => false };

/**
 * Every read of the port over one read-only connection; one that takes too long throws a ReadTimeoutError, one that
 * nobody waits for a ReadAbandonedError.
 */
export function openReads(db: Connection, limits: ReadLimits = standing): Reader {
  const watch = openWatch(db, limits);
  const runner = openRunner(db, limits);
  const reads = {
    ...accessReads(sqliteStatements(db), taggedSql),
    ...readMarkReads(sqliteStatements(db)),
    ...versionReads(sqliteStatements(db)),
    ...policyReads(sqliteStatements(db)),
    ...modelReads(sqliteStatements(db)),
    ...serverReads(sqliteStatements(db), bytesSql),
    ...queryReads(runner),
  };
  return watch(reads);
}

/** What the pages take; the log beside the file comes on top. */
const bytesSql = 'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size';

/** Sessions by a tag. */
const taggedSql = `SELECT s.id FROM session_tags AS t JOIN sessions AS s ON s.session_key = t.session_key
  WHERE t.org_id = ? AND t.key = ? AND t.value = ? LIMIT ?`;

/** Rows of which one looks at the clock: a look costs ten times as much as a row. */
const rowsPerLook = 64;

/** Gives every read a time of its own; SQLite offers no limit, so that a function in the conditions holds it. */
function openWatch(db: Connection, limits: ReadLimits): (reads: Reader) => Reader {
  const { limitMs } = limits;
  let untilMs = Infinity;
  db.function('read_in_time', { deterministic: false }, () => {
    goOn(limits);
    if (performance.now() > untilMs) throw new ReadTimeoutError(limitMs);
    return 1;
  });
  return (reads) => {
    const methods = Object.entries(
      reads as unknown as Record<string, (...args: unknown[]) => unknown>,
    );
    const watched = methods.map(([name, method]) => [
      name,
      (...args: unknown[]) => {
        untilMs = performance.now() + limitMs;
        return method(...args);
      },
    ]);
    return Object.fromEntries(watched) as Reader;
  };
}

/** Looked at with the clock, and before each statement of a read that has several. */
function goOn(limits: ReadLimits): void {
  if (limits.isAbandoned()) throw new ReadAbandonedError();
}

/** Runs queries on one connection. */
function openRunner(db: Connection, limits: ReadLimits): Runner {
  const prepared = new Map<string, Statement>();
  const prepare = (text: string): Statement => {
    goOn(limits);
    const known = prepared.get(text);
    if (known !== undefined) return known;
    const fresh = db.prepare(text);
    if (prepared.size >= preparedStatements) prepared.delete(prepared.keys().next().value ?? '');
    prepared.set(text, fresh);
    return fresh;
  };
  return {
    async all<Row>(query: Parameters<Runner['all']>[0]) {
      const { sql: text, parameters } = compileForSqlite(query);
      return prepare(text)
        .safeIntegers(true)
        .all(...parameters) as Row[];
    },
    async rows<Row>(query: Parameters<Runner['rows']>[0]) {
      const { sql: text, parameters } = compileForSqlite(query);
      return prepare(text)
        .safeIntegers(false)
        .all(...parameters) as Row[];
    },
    inTime: (key) => sql`(${key} % ${sql.lit(rowsPerLook)} <> 0 or read_in_time())`,
    flavour: sqliteFlavour,
    id: uuidBlob,
    uuid: (value) => uuidText(value as Uint8Array),
  };
}
