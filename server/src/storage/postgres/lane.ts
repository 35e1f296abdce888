import type pg from 'pg';
import type { Tx } from '../tx.ts';
import { connect } from './connect.ts';
import type { PriceIds } from './prices.ts';
import { openTx } from './tx.ts';
import { openWork } from './work.ts';

/** The channel on which processes tell each other which organisations have changes. */
export const changeChannel = 'niitaka_changes';

/** Organisations named in one message; of more it says only that there are some. */
const namedOrganisations = 100;

/** Longest that one statement and one wait for a lock may take, ms: whoever waits is answered 503. */
const statementLimitMs = 15_000;
const lockLimitMs = 10_000;

/** How long nothing is tried after a connection could not be made, ms: whoever waits is answered at once. */
const pauseAfterFailureMs = 500;

/** A connection that runs one transaction after the other, and is made anew when it breaks. */
export interface Lane {
  /** With `isAlone` no other process runs such a transaction meanwhile. */
  begin(isAlone?: boolean): Promise<Tx>;
  /** Writes what is kept and commits; answers the organisations whose streams have something to read. */
  commit(): Promise<readonly string[]>;
  rollback(): Promise<void>;
  close(): Promise<void>;
}

/** What a lane is opened with. */
export interface LaneOptions {
  readonly url: string;
  readonly isCitus: boolean;
  readonly priceIds: PriceIds;
}

interface Open {
  readonly client: pg.Client;
  readonly work: ReturnType<typeof openWork>;
  readonly changed: Set<string>;
}

/** Opens a lane; its connection is made with the first transaction. */
export function openLane({ url, isCitus, priceIds }: LaneOptions): Lane {
  let client: pg.Client | null = null;
  let open: Open | null = null;
  let failedAtMs = -Infinity;
  const discard = async (broken: pg.Client) => {
    if (client === broken) client = null;
    await broken.end().catch(() => undefined);
  };
  const connected = async (): Promise<pg.Client> => {
    if (client !== null) return client;
    if (performance.now() - failedAtMs < pauseAfterFailureMs) {
      throw new Error('the connection to the database was lost a moment ago');
    }
    try {
      client = await connect(url);
    } catch (error) {
      failedAtMs = performance.now();
      throw error;
    }
    return client;
  };
  const take = (): Open => {
    if (open === null) throw new Error('there is no transaction');
    const taken = open;
    open = null;
    return taken;
  };
  return {
    async begin(isAlone = false) {
      const own = await connected();
      try {
        await own.query(isAlone ? `${beginText}; ${aloneText}` : beginText);
      } catch (error) {
        await discard(own);
        throw error;
      }
      const work = openWork(own, isCitus);
      const changed = new Set<string>();
      open = { client: own, work, changed };
      return notingChanges(openTx(work, priceIds), changed);
    },
    async commit() {
      if (open === null) throw new Error('there is no transaction');
      const { work, changed } = open;
      await work.flush();
      const { client: own } = take();
      work.close();
      try {
        await own.query(changed.size === 0 ? 'COMMIT' : `${notification(changed)}; COMMIT`);
      } catch (error) {
        await own.query('ROLLBACK').catch(() => discard(own));
        throw error;
      }
      return [...changed];
    },
    async rollback() {
      if (open === null) return;
      const { client: own, work } = take();
      work.close();
      // A connection that cannot even do this is of no more use.
      await own.query('ROLLBACK').catch(() => discard(own));
    },
    async close() {
      if (client !== null) await discard(client);
    },
  };
}

/** Set for the transaction alone: behind a pooler the next one may run on another connection. */
const beginText = `BEGIN; SET LOCAL statement_timeout = ${statementLimitMs}; SET LOCAL lock_timeout = ${lockLimitMs}; SET LOCAL idle_in_transaction_session_timeout = 60000`;

/** Commands read, decide and write as if nobody else did: batches of records have locks of their own. */
const aloneText = 'SELECT pg_advisory_xact_lock(4600002)';

function notingChanges(tx: Tx, changed: Set<string>): Tx {
  return {
    ...tx,
    recordChanges(orgId, rows, nowMs) {
      changed.add(orgId);
      return tx.recordChanges(orgId, rows, nowMs);
    },
  };
}

/** Sent with the commit; ids of organisations need no quotes within a text. */
function notification(changed: ReadonlySet<string>): string {
  const named = changed.size > namedOrganisations ? '' : [...changed].join(',');
  return `SELECT pg_notify('${changeChannel}', '${named}')`;
}
