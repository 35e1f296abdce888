import type { BudgetTx } from '../budget-tx.ts';
import { budgetWrites } from '../queries/budgets.ts';
import type { Connection } from './connection.ts';
import { sqliteStatements } from './statements.ts';
import { uuidBlob } from './uuid-blob.ts';

/** Leases of trees' budgets; there is one writer, so that a transaction is the lock. */
export function leaseWrites(db: Connection): BudgetTx {
  const charge = db.prepare(
    `UPDATE budget_leases SET ingested = ingested + ? WHERE org_id = ? AND root_session_id = ? AND sender = ?`,
  );
  return {
    ...budgetWrites(sqliteStatements(db), async () => {}, ingestedSql),
    async chargeLeases(orgId, charges) {
      const org = uuidBlob(orgId);
      for (const { rootSessionId, sender, costNanoUsd } of charges) {
        charge.run(costNanoUsd, org, uuidBlob(rootSessionId), uuidBlob(sender));
      }
    },
  };
}

/** Only the sessions of the tree that the sender wrote in are read. */
const ingestedSql = `SELECT cast(coalesce(sum(e.cost), 0) AS text) AS ingested FROM sessions AS s
  CROSS JOIN senders AS p CROSS JOIN events AS e
  WHERE s.org_id = ? AND s.root_session_id = ? AND p.session_key = s.session_key AND p.sender = ?
    AND e.session_key = s.session_key AND e.sender = ? AND e.state <> 1 AND e.after_end = 0`;
