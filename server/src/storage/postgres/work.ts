import type pg from 'pg';
import { bigintTypes, numberTypes, parameter } from './values.ts';

/** Rows that others write too are changed last, under the lock of their organisation. */
export type Stage = 'own' | 'shared';

/** One transaction in progress: what it runs at once, and what it keeps to write in one go. */
export interface Work {
  /** Runs a statement; integers come as numbers. */
  rows<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** As {@link rows}, with integers as bigint. */
  sums<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Runs a statement; answers how many rows it touched. */
  run(text: string, values?: readonly unknown[]): Promise<number>;
  /** Names what writes the rows kept so far; writers run in the order they were named. */
  onFlush(stage: Stage, write: () => Promise<unknown> | null): void;
  /** Writes what is kept, so that a read sees it: rows of this transaction alone, or all. */
  flush(stage?: Stage): Promise<void>;
  /** Says that shared rows of an organisation wait to be written: its lock is taken before they are. */
  shares(orgId: string): void;
  /** Rows cannot be locked several at once there. */
  readonly isCitus: boolean;
}

/** Opens the work of a transaction that has begun on the connection; `close` refuses whatever comes later. */
export function openWork(client: pg.ClientBase, isCitus = false): Work & { close(): void } {
  const writers: Record<Stage, (() => Promise<unknown> | null)[]> = { own: [], shared: [] };
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
  const write = async (stage: Stage) => {
    // Sent one after the other without waiting: the first that fails makes the rest fail too.
    const written = await Promise.allSettled(writers[stage].map((one) => one()));
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
    onFlush(stage, one) {
      writers[stage].push(one);
    },
    async flush(stage = 'shared') {
      await write('own');
      if (stage === 'own') return;
      for (const orgId of [...sharing].toSorted()) await lock(orgId);
      sharing.clear();
      await write('shared');
    },
    shares: (orgId) => void sharing.add(orgId),
    isCitus,
    close() {
      isOver = true;
    },
  };
}
