import { mayPass } from '../storage/postgres/connect.ts';
import type { Lane } from '../storage/postgres/lane.ts';
import type { Tx } from '../storage/tx.ts';
import type { Transactions } from './commit-group.ts';

/** Transactions over one lane, as groups are committed by. */
export function postgresTransactions(lane: Lane): Transactions {
  let tx: Tx | null = null;
  const changed = new Set<string>();
  return {
    get tx() {
      if (tx === null) throw new Error('there is no transaction');
      return tx;
    },
    async begin(kind) {
      tx = await lane.begin(kind === 'command');
    },
    async commit() {
      for (const orgId of await lane.commit()) changed.add(orgId);
      tx = null;
    },
    async rollback() {
      tx = null;
      await lane.rollback();
    },
    takeChanged() {
      const taken = [...changed];
      changed.clear();
      return taken;
    },
    mayPass,
  };
}
