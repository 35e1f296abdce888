import type { SessionStatus } from '@niitaka/core/session/session.ts';
import type { BudgetTx, StoredLease } from '../budget-tx.ts';
import { uuidBlob, uuidText } from '../sqlite/uuid-blob.ts';
import type { Statements } from './statements.ts';

interface SessionSql {
  readonly root_session_id: Uint8Array;
  readonly agent_id: string | null;
  readonly environment: string;
  readonly status: SessionStatus;
  readonly tree_cost: string;
}

interface LeaseSql {
  readonly sender: Uint8Array;
  readonly session_id: Uint8Array;
  readonly cap: string;
  readonly spent: string;
  readonly ingested: string;
  readonly unmet: string;
  readonly expires_at: number;
  readonly status: SessionStatus | null;
}

/** The writes of leases that every engine says alike; `ingestedSql` adds up a sender's events in a tree as `ingested`. */
export function budgetWrites(
  db: Statements,
  lock: (orgId: string) => Promise<void>,
  ingestedSql: string,
): Omit<BudgetTx, 'chargeLeases'> {
  // A session alone is in no tree's totals. Where sessions lie on several nodes no other table hangs on a row of theirs.
  const session = db.prepare<SessionSql>(
    `SELECT s.root_session_id, s.agent_id, s.environment, s.status, cast(CASE
       WHEN s.parent_session_id IS NULL AND s.child_count = 0 THEN s.total_cost
       ELSE coalesce((SELECT sum(t.total_cost) FROM tree_totals AS t WHERE t.org_id = ? AND t.root_session_id =
         (SELECT r.root_session_id FROM sessions AS r WHERE r.org_id = ? AND r.id = ?)), 0) END AS text) AS tree_cost
     FROM sessions AS s WHERE s.org_id = ? AND s.id = ?`,
  );
  const leases = db.prepare<LeaseSql>(
    `SELECT l.sender, l.session_id, cast(l.cap AS text) AS cap, cast(l.spent AS text) AS spent,
       cast(l.ingested AS text) AS ingested, cast(l.unmet AS text) AS unmet, l.expires_at, s.status
     FROM budget_leases AS l LEFT JOIN sessions AS s ON s.org_id = l.org_id AND s.id = l.session_id
     WHERE l.org_id = ? AND l.root_session_id = ? ORDER BY l.sender LIMIT ?`,
  );
  const ingested = db.prepare<{ ingested: string }>(ingestedSql);
  const save = db.prepare(
    `INSERT INTO budget_leases (org_id, root_session_id, sender, session_id, cap, spent, ingested, unmet, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (org_id, root_session_id, sender) DO UPDATE SET session_id = excluded.session_id, cap = excluded.cap,
       spent = excluded.spent, ingested = excluded.ingested, unmet = excluded.unmet, expires_at = excluded.expires_at`,
  );
  return {
    async openBudget(orgId, sessionId, limit) {
      await lock(orgId);
      const org = uuidBlob(orgId);
      const id = uuidBlob(sessionId);
      const found = await session.get(org, org, id, org, id);
      if (found === undefined) return null;
      const rootSessionId = uuidText(found.root_session_id);
      const rows = await leases.all(org, found.root_session_id, limit);
      return {
        agentId: found.agent_id,
        environment: found.environment,
        status: found.status,
        rootSessionId,
        treeCostNanoUsd: BigInt(found.tree_cost),
        leases: rows.map((row) => leaseOf(rootSessionId, row)),
      };
    },
    async ingestedBy(orgId, rootSessionId, sender) {
      const by = uuidBlob(sender);
      const row = await ingested.get(uuidBlob(orgId), uuidBlob(rootSessionId), by, by);
      return BigInt(row?.ingested ?? '0');
    },
    async saveLease(orgId, lease) {
      await save.run(
        uuidBlob(orgId),
        uuidBlob(lease.rootSessionId),
        uuidBlob(lease.sender),
        uuidBlob(lease.sessionId),
        lease.capNanoUsd,
        lease.spentNanoUsd,
        lease.ingestedNanoUsd,
        lease.unmetNanoUsd,
        lease.expiresAtMs,
      );
    },
  };
}

function leaseOf(rootSessionId: string, row: LeaseSql): StoredLease {
  return {
    rootSessionId,
    sender: uuidText(row.sender),
    sessionId: uuidText(row.session_id),
    capNanoUsd: BigInt(row.cap),
    spentNanoUsd: BigInt(row.spent),
    ingestedNanoUsd: BigInt(row.ingested),
    unmetNanoUsd: BigInt(row.unmet),
    expiresAtMs: row.expires_at,
    isOver: row.status === null || row.status === 'done',
  };
}
