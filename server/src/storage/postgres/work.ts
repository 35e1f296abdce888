import type pg from 'pg';
import { bigintTypes, numberTypes, parameter } from './values.ts';

/** A statement with its values, to be sent with others as one. */
export interface Piece {
  readonly text: string;
  readonly values: readonly unknown[];
  /** What the pieces after it call its rows. */
  readonly name?: string;
}

/** One transaction in progress: what it runs at once, and what it keeps to write in one go. */
export interface Work {
  /** Runs a statement; integers come as numbers. */
  rows<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** As {@link rows}, with integers as bigint. */
  sums<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Runs a statement; answers how many rows it touched. */
  run(text: string, values?: readonly unknown[]): Promise<number>;
  /** Names what writes rows kept so far that belong to sessions locked here; writers run in the order named. */
  onFlush(write: () => Promise<unknown> | null): void;
  /** The same for rows that others write too: they go together as one statement under the organisation's lock. */
  onFlushShared(write: () => readonly Piece[]): void;
  /** Says that shared rows of an organisation wait to be written. */
  shares(orgId: string): void;
  /** Takes that lock now. INVARIANT: no session is locked after it, or two transactions could wait for each other. */
  lockShared(orgId: string): Promise<void>;
  /** Writes what is kept of the sessions' own rows, so that a read sees it. */
  flushOwn(): Promise<void>;
  /** Writes all that is kept; the locks it takes are held until the transaction ends. */
  flush(): Promise<void>;
  /** Rows cannot be locked several at once there. */
  readonly isCitus: boolean;
}

/** Opens the work of a transaction that has begun on the connection; `close` refuses whatever comes later. */
export function openWork(client: pg.ClientBase, isCitus = false): Work & { close(): void } {
  const writers: (() => Promise<unknown> | null)[] = [];
  const sharedWriters: (() => readonly Piece[])[] = [];
  const locked = new Set<string>();
  const sharing = new Set<string>();
  let isOver = false;
  let last: Promise<unknown> = Promise.resolve();
  const query = (text: string, values: readonly unknown[], types: pg.CustomTypesConfig) => {
    const send = async () => {
      if (isOver) throw new Error('the transaction is over');
      return client.query({ text, values: values.map(parameter), types });
    };
    // The driver takes one statement at a time.
    const sent = last.then(send, send);
    last = sent;
    return sent;
  };
  const numbers = numberTypes as pg.CustomTypesConfig;
  const bigints = bigintTypes as pg.CustomTypesConfig;
  const flushOwn = async () => {
    // Sent one after the other without waiting: the first that fails makes the rest fail too.
    const written = await Promise.allSettled(writers.map((one) => one()));
    for (const one of written) if (one.status === 'rejected') throw one.reason;
  };
  const lock = async (orgId: string) => {
    if (locked.has(orgId)) return;
    locked.add(orgId);
    await query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [orgId], numbers);
  };
  return {
    async rows<Row>(text: string, values: readonly unknown[] = []) {
      return (await query(text, values, numbers)).rows as Row[];
    },
    async sums<Row>(text: string, values: readonly unknown[] = []) {
      return (await query(text, values, bigints)).rows as Row[];
    },
    async run(text, values = []) {
      return (await query(text, values, numbers)).rowCount ?? 0;
    },
    onFlush: (write) => void writers.push(write),
    onFlushShared: (write) => void sharedWriters.push(write),
    flushOwn,
    async flush() {
      await flushOwn();
      for (const orgId of [...sharing].toSorted()) await lock(orgId);
      sharing.clear();
      const pieces = sharedWriters.flatMap((one) => one());
      if (pieces.length === 0) return;
      const { text, values } = joinPieces(pieces);
      await query(text, values, numbers);
    },
    shares: (orgId) => void sharing.add(orgId),
    lockShared: lock,
    isCitus,
    close() {
      isOver = true;
    },
  };
}

/** One statement of several, each on rows of its own: the server carries out all of them. */
function joinPieces(pieces: readonly Piece[]): { text: string; values: unknown[] } {
  const values: unknown[] = [];
  const parts = pieces.map((piece, index) => {
    const offset = values.length;
    values.push(...piece.values);
    const text = piece.text.replace(/\$(\d+)/g, (_, number) => `$${Number(number) + offset}`);
    return `${piece.name ?? `part_${index}`} AS (${text})`;
  });
  return { text: `WITH ${parts.join(', ')} SELECT 1`, values };
}
