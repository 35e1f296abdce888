import type pg from 'pg';
import { connect } from './connect.ts';
import { changeChannel } from './lane.ts';

/** How often revisions are read again, whatever was heard: a message is lost with its connection, ms. */
const readAgainMs = 1_000;

/** How long a lost connection is left before the next attempt, ms. */
const reconnectMs = 1_000;

/** What listening needs. */
export interface ListenOptions {
  /** A direct connection: behind a pooler nothing is heard. */
  readonly url: string;
  readonly pool: pg.Pool;
  readonly onChange: (orgId: string) => void;
}

/** Hears of the changes of all processes; answers how to stop. */
export function listen({ url, pool, onChange }: ListenOptions): () => Promise<void> {
  let isStopped = false;
  let client: pg.Client | null = null;
  const known = new Map<string, string>();
  const readAgain = async () => {
    const { rows } = await pool.query<{ id: string; revision: string }>(
      'SELECT id::text AS id, revision::text AS revision FROM organisations',
    );
    for (const { id, revision } of rows) {
      const isNews = known.has(id) && known.get(id) !== revision;
      known.set(id, revision);
      if (isNews) onChange(id);
    }
  };
  const hear = async () => {
    const fresh = await connect(url);
    if (isStopped) return fresh.end();
    client = fresh;
    fresh.on('notification', ({ payload }) => {
      if (payload === undefined || payload === '') void readAgain().catch(() => undefined);
      else for (const orgId of payload.split(',')) onChange(orgId);
    });
    const ended = new Promise<void>((resolve) => fresh.once('end', () => resolve()));
    await fresh.query(`LISTEN ${changeChannel}`);
    return ended;
  };
  const repeating = repeat(readAgainMs, readAgain, () => isStopped);
  const hearing = repeat(reconnectMs, hear, () => isStopped);
  return async () => {
    isStopped = true;
    await client?.end().catch(() => undefined);
    await Promise.all([repeating, hearing]);
  };
}

/** Again and again: what fails is tried at its next turn. */
async function repeat(
  everyMs: number,
  work: () => Promise<unknown>,
  isStopped: () => boolean,
): Promise<void> {
  while (!isStopped()) {
    await work().catch(() => undefined);
    // Short rests, so that a stop need not wait for a long one.
    for (let rested = 0; rested < everyMs && !isStopped(); rested += 50) {
      await new Promise((resolve) => setTimeout(resolve, 50).unref());
    }
  }
}
