import type { Connection } from '../storage/sqlite/connection.ts';
import { openTx } from '../storage/sqlite/tx.ts';
import type { Transactions } from './commit-group.ts';

/** Transactions over the writer's connection; what a rolled back one changed is forgotten with it. */
export function openTransactions(db: Connection): Transactions {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const rollback = db.prepare('ROLLBACK');
  const tx = openTx(db);
  const changing = new Set<string>();
  const changed = new Set<string>();
  return {
    tx: {
      ...tx,
      recordChanges(orgId, rows, nowMs) {
        changing.add(orgId);
        return tx.recordChanges(orgId, rows, nowMs);
      },
    },
    begin: () => void begin.run(),
    commit() {
      commit.run();
      for (const orgId of changing) changed.add(orgId);
      changing.clear();
    },
    rollback() {
      changing.clear();
      // A full disk or an I/O error has rolled back already.
      if (db.inTransaction) rollback.run();
    },
    takeChanged() {
      const taken = [...changed];
      changed.clear();
      return taken;
    },
  };
}
