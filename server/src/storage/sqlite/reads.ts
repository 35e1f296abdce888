import type { Statement } from 'better-sqlite3';
import type { Reader } from '../reader.ts';
import { agentBuckets } from '../queries/agent-buckets.ts';
import { costReads } from '../queries/cost-reads.ts';
import { eventReads } from '../queries/event-reads.ts';
import { rangeBuckets } from '../queries/range-buckets.ts';
import { rangeTotals } from '../queries/range-totals.ts';
import { compileForSqlite, type Runner } from '../queries/runner.ts';
import { sessionReads } from '../queries/session-reads.ts';
import { signalReads } from '../queries/signal-reads.ts';
import { sqliteAccessReader } from './access-reader.ts';
import type { Connection } from './connection.ts';
import { uuidBlob, uuidText } from './uuid-blob.ts';

/** Statements kept prepared; beyond this many the oldest goes. */
const preparedStatements = 200;

/** Every read of the port over one read-only connection. */
export function openReads(db: Connection): Reader {
  const runner = openRunner(db);
  return {
    ...sqliteAccessReader(db),
    ...sessionReads(runner),
    ...eventReads(runner),
    ...costReads(runner),
    ...signalReads(runner),
    rangeTotals: (orgId, filter, nowMs) => rangeTotals(runner, orgId, filter, nowMs),
    agentBuckets: (orgId, filter, bucketMs, nowMs) =>
      agentBuckets(runner, orgId, filter, bucketMs, nowMs),
    rangeBuckets: (orgId, filter, bucketMs, nowMs) =>
      rangeBuckets(runner, orgId, filter, bucketMs, nowMs),
  };
}

/** Runs queries on one connection. */
export function openRunner(db: Connection): Runner {
  const prepared = new Map<string, Statement>();
  const prepare = (text: string): Statement => {
    const known = prepared.get(text);
    if (known !== undefined) return known;
    const fresh = db.prepare(text).safeIntegers();
    if (prepared.size >= preparedStatements) prepared.delete(prepared.keys().next().value ?? '');
    prepared.set(text, fresh);
    return fresh;
  };
  return {
    async all<Row>(query: Parameters<Runner['all']>[0]) {
      const { sql: text, parameters } = compileForSqlite(query);
      return prepare(text).all(...parameters) as Row[];
    },
    id: uuidBlob,
    uuid: (value) => uuidText(value as Uint8Array),
  };
}
