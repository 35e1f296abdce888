import { createHash } from 'node:crypto';
import type { SessionTx } from '../session-tx.ts';
import type { Work } from './work.ts';

/** Known prices kept in memory; beyond this many the cache begins anew. */
const maxCachedPriceIds = 10_000;

/** Ids of prices by their fingerprint, kept from transaction to transaction. */
export type PriceIds = Map<string, number>;

/** Gives every price that is used its id. */
export function priceWrites(work: Work, cache: PriceIds): Pick<SessionTx, 'priceId'> {
  return {
    async priceId(tableVersion, priceJson) {
      const text = `${tableVersion}\n${priceJson}`;
      const fingerprint = createHash('sha256').update(text).digest('hex');
      const cached = cache.get(fingerprint);
      if (cached !== undefined) return cached;
      const stored = await idOf(work, fingerprint);
      // INVARIANT: only ids read back are cached: one given in a transaction that rolls back is given again.
      if (stored !== undefined) {
        if (cache.size >= maxCachedPriceIds) cache.clear();
        cache.set(fingerprint, stored);
        return stored;
      }
      // Two transactions that use the same new prices in another order would wait for each other.
      await work.run('SELECT pg_advisory_xact_lock(4600003)');
      const [made] = await work.rows<{ id: number }>(
        `INSERT INTO prices_used (fingerprint, table_version, price) VALUES ($1, $2, $3)
         ON CONFLICT (fingerprint) DO NOTHING RETURNING id`,
        [fingerprint, tableVersion, priceJson],
      );
      // Where another transaction was faster, its row is there by now.
      return made?.id ?? (await idOf(work, fingerprint)) ?? 0;
    },
  };
}

async function idOf(work: Work, fingerprint: string): Promise<number | undefined> {
  const [row] = await work.rows<{ id: number }>(
    'SELECT id FROM prices_used WHERE fingerprint = $1',
    [fingerprint],
  );
  return row?.id;
}
