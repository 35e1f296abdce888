import type { BudgetTx, LeaseCharge } from '../budget-tx.ts';
import { budgetWrites } from '../queries/budgets.ts';
import { uuidBlob } from '../sqlite/uuid-blob.ts';
import { postgresStatements } from './statements.ts';
import { columnsOf, unnest } from './unnest.ts';
import type { Work } from './work.ts';

/** Leases of trees' budgets. What is charged to them is written with the totals, under the organisation's lock. */
export function leaseWrites(work: Work): BudgetTx {
  let waiting: (LeaseCharge & { readonly orgId: string })[] = [];
  work.onFlushShared(() => {
    if (waiting.length === 0) return [];
    const rows = waiting.map(({ orgId, rootSessionId, sender, costNanoUsd }) => [
      uuidBlob(orgId),
      uuidBlob(rootSessionId),
      uuidBlob(sender),
      costNanoUsd,
    ]);
    waiting = [];
    const { from, values } = unnest(chargeColumns, rows);
    const text = `UPDATE budget_leases AS l SET ingested = l.ingested + v.cost FROM ${from}
      WHERE l.org_id = v.org_id AND l.root_session_id = v.root_session_id AND l.sender = v.sender`;
    return [{ text, values }];
  });
  return {
    ...budgetWrites(postgresStatements(work), work.lockShared, ingestedSql),
    async chargeLeases(orgId, charges) {
      work.shares(orgId);
      waiting.push(...charges.map((charge) => ({ ...charge, orgId })));
    },
  };
}

const chargeColumns = [
  ...columnsOf('uuid', ['org_id', 'root_session_id', 'sender']),
  ...columnsOf('bigint', ['cost']),
];

/** Only the sessions of the tree that the sender wrote in are read. */
const ingestedSql = `SELECT cast(coalesce(sum(e.cost), 0) AS text) AS ingested FROM sessions AS s
  JOIN senders AS p ON p.org_id = s.org_id AND p.session_id = s.id
  JOIN events AS e ON e.org_id = s.org_id AND e.session_id = s.id
  WHERE s.org_id = ? AND s.root_session_id = ? AND p.sender = ? AND e.sender = ?
    AND e.state <> 1 AND e.after_end = 0`;
