import pg from 'pg';
import { sql } from 'kysely';
import { accessReads } from '../queries/access-reads.ts';
import { versionReads } from '../queries/agent-versions.ts';
import { readMarkReads } from '../queries/read-marks.ts';
import { modelReads } from '../queries/models.ts';
import { policyReads } from '../queries/policies.ts';
import { queryReads } from '../queries/query-reads.ts';
import { serverReads } from '../queries/server-reads.ts';
import type { Flavour } from '../queries/flavour.ts';
import { compileForPostgres, type Runner } from '../queries/runner.ts';
import { ReadAbandonedError, ReadTimeoutError, ReadUnavailableError } from '../read-unavailable.ts';
import type { Reader } from '../reader.ts';
import { uuidBlob, uuidText } from '../sqlite/uuid-blob.ts';
import { cancelOn } from './cancel.ts';
import { errorOf, settingsOf } from './connect.ts';
import { citusFlavour, postgresFlavour } from './flavour.ts';
import { postgresStatements } from './statements.ts';
import { openWork, type Work } from './work.ts';

/** How long one statement of a read may take, ms. */
export const readLimitMs = 2_000;

/** How long an idle connection is kept, ms. */
const idleMs = 30_000;

/** Connections for reads behind the port's reads. */
export interface ReadPool {
  readonly reader: Reader;
  /** The same reads, given up once the signal says that nobody waits for them. */
  readerUntil(gone: AbortSignal): Reader;
  close(): Promise<void>;
}

export interface ReadOptions {
  /** How long one statement may take, ms. */
  readonly limitMs?: number;
  readonly isCitus?: boolean;
}

/** Opens the reads; connections are made as they are wanted, at most `count`. */
export function openReads(
  url: string,
  count: number,
  { limitMs = readLimitMs, isCitus = false }: ReadOptions = {},
): ReadPool {
  const pool = openPool(url, count);
  const readers = new WeakMap<pg.PoolClient, ClientReads>();
  const readsOf = (client: pg.PoolClient): ClientReads => {
    const known = readers.get(client) ?? openClientReads(client, isCitus);
    readers.set(client, known);
    return known;
  };
  const begin = `BEGIN READ ONLY; SET LOCAL statement_timeout = ${limitMs}; SET LOCAL jit = off`;
  const read = async (
    method: string,
    args: readonly unknown[],
    gone: AbortSignal,
  ): Promise<unknown> => {
    const client = await pool.connect().catch((error: unknown) => {
      throw new ReadUnavailableError(`The database cannot be reached: ${errorOf(error).message}`);
    });
    const of = readsOf(client);
    of.gone = gone;
    const cancellation = cancelOn(gone, client);
    let problem: unknown = null;
    try {
      goOn(of);
      await client.query(begin);
      const value = await of.reads[method]?.(...args);
      await client.query('COMMIT');
      return value;
    } catch (error) {
      await cancellation.end();
      problem = await client.query('ROLLBACK').then(
        () => null,
        (broken: unknown) => broken,
      );
      throw gone.aborted ? new ReadAbandonedError() : readError(error, problem, limitMs);
    } finally {
      await cancellation.end();
      // One that cannot even end its transaction is thrown away.
      client.release(problem !== null);
    }
  };
  const readerUntil = (gone: AbortSignal) => readerOver((method, args) => read(method, args, gone));
  return { reader: readerUntil(never), readerUntil, close: () => pool.end() };
}

/** Connections made as they are wanted. */
export function openPool(url: string, count: number): pg.Pool {
  const pool = new pg.Pool({ ...settingsOf(url), max: count, idleTimeoutMillis: idleMs });
  pool.on('error', () => {});
  return pool;
}

/** Somebody waits to the end. */
const never = new AbortController().signal;

/** The reads of one connection, and whoever waits for the one under way. */
interface ClientReads {
  readonly reads: Reads;
  gone: AbortSignal;
}

function openClientReads(client: pg.PoolClient, isCitus: boolean): ClientReads {
  const of: { gone: AbortSignal } = { gone: never };
  return Object.assign(of, { reads: openReader(client, () => goOn(of), isCitus) });
}

/** Called before each statement. */
function goOn({ gone }: Pick<ClientReads, 'gone'>): void {
  if (gone.aborted) throw new ReadAbandonedError();
}

type Reads = Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>;

const queryCancelled = '57014';

function readError(error: unknown, problem: unknown, limitMs: number): unknown {
  const { code, message } = errorOf(error);
  if (code === queryCancelled) return new ReadTimeoutError(limitMs);
  const isLost = problem !== null || code.startsWith('57P') || code.startsWith('08');
  return isLost ? new ReadUnavailableError(`The database went away: ${message}`) : error;
}

/** Every read of the port over one connection. */
function openReader(client: pg.PoolClient, beforeEach: () => void, isCitus: boolean): Reads {
  const work = openWork(client);
  const reads: Reader = {
    ...accessReads(postgresStatements(work), taggedSql),
    ...readMarkReads(postgresStatements(work)),
    ...versionReads(postgresStatements(work)),
    ...policyReads(postgresStatements(work)),
    ...modelReads(postgresStatements(work)),
    ...serverReads(postgresStatements(work), isCitus ? spreadBytesSql : bytesSql),
    ...queryReads(openRunner(work, beforeEach, isCitus ? citusFlavour : postgresFlavour)),
  };
  return reads as unknown as Reads;
}

/** What the database takes on the server; with Citus, on all nodes. */
const bytesSql = 'SELECT pg_database_size(current_database()) AS bytes';
const spreadBytesSql = `SELECT sum(result::bigint)::bigint AS bytes
  FROM run_command_on_all_nodes('SELECT pg_database_size(current_database())')`;

/** Sessions by a tag. */
const taggedSql = `SELECT session_id AS id FROM session_tags WHERE org_id = ? AND key = ? AND value = ? LIMIT ?`;

function openRunner(work: Work, beforeEach: () => void, flavour: Flavour): Runner {
  return {
    async all<Row>(query: Parameters<Runner['all']>[0]) {
      beforeEach();
      const { sql: text, parameters } = compileForPostgres(query);
      return work.sums<Row>(text, parameters);
    },
    async rows<Row>(query: Parameters<Runner['rows']>[0]) {
      beforeEach();
      const { sql: text, parameters } = compileForPostgres(query);
      return work.rows<Row>(text, parameters);
    },
    // The server itself gives up on what takes too long.
    inTime: () => sql`true`,
    flavour,
    id: uuidBlob,
    uuid: (value) => uuidText(value as Uint8Array),
  };
}

type Read = (method: string, args: readonly unknown[]) => Promise<unknown>;

/** Every method of the port by its name. */
function readerOver(read: Read): Reader {
  return new Proxy({} as Reader, {
    get(_, name) {
      // A promise looks for "then" on what it resolves to: a reader is no promise.
      if (typeof name === 'symbol' || name === 'then') return undefined;
      return (...args: unknown[]) => read(name, args);
    },
  });
}
