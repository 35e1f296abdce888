import type { PolicyContent, PolicyRevisionRow, PolicyRow } from '../policy-rows.ts';
import type { PolicyReader, PolicyTx, SnapshotRevision } from '../policy-tx.ts';
import { uuidBlob, uuidText } from '../sqlite/uuid-blob.ts';
import type { Statements } from './statements.ts';

interface PolicyColumns {
  org_id: Buffer;
  id: string;
  revision: number;
  body: string;
  created_at: number;
}

interface RevisionColumns {
  org_id: Buffer;
  policy_id: string;
  revision: number;
  author: string;
  at: number;
  body: string | null;
}

const columns = 'org_id, id, revision, body, created_at';

/** The writes of policies within one transaction, the same text on every engine. */
export function policyWrites(db: Statements): PolicyTx {
  const find = db.prepare<PolicyColumns>(
    `SELECT ${columns} FROM policies WHERE org_id = ? AND id = ?`,
  );
  return {
    ...changes(db),
    ...counters(db),
    snapshotRevision: theSnapshotRevision(db),
    policiesOf: listOf(db),
    async findPolicy(orgId, id) {
      const row = await find.get(uuidBlob(orgId), id);
      return row === undefined ? null : policyOf(row);
    },
  };
}

/** The reads of policies, the same text on every engine. */
export function policyReads(db: Statements): PolicyReader {
  const one = db.prepare<PolicyColumns>(
    `SELECT ${columns} FROM policies WHERE org_id = ? AND id = ?`,
  );
  const revisions = db.prepare<RevisionColumns>(
    `SELECT org_id, policy_id, revision, author, at, body FROM policy_revisions
     WHERE org_id = ? AND policy_id = ? ORDER BY revision DESC LIMIT ?`,
  );
  return {
    policies: listOf(db),
    async policy(orgId, id) {
      const row = await one.get(uuidBlob(orgId), id);
      return row === undefined ? null : policyOf(row);
    },
    async policyRevisions(orgId, id, limit) {
      return (await revisions.all(uuidBlob(orgId), id, limit)).map(revisionOf);
    },
    snapshotRevision: theSnapshotRevision(db),
  };
}

function listOf(db: Statements): PolicyReader['policies'] {
  const list = db.prepare<PolicyColumns>(
    `SELECT ${columns} FROM policies WHERE org_id = ? ORDER BY created_at, id LIMIT ?`,
  );
  return async (orgId, limit) => (await list.all(uuidBlob(orgId), limit)).map(policyOf);
}

function theSnapshotRevision(db: Statements): PolicyReader['snapshotRevision'] {
  // Rows of models are never removed, and a new price has a new id: the sum moves with each.
  const find = db.prepare<SnapshotRevision>(
    `SELECT policy_revision AS policies,
       (SELECT count(*) + coalesce(sum(price_id), 0) FROM models_used WHERE org_id = ?) AS prices
     FROM organisations WHERE id = ?`,
  );
  return async (orgId) => {
    const org = uuidBlob(orgId);
    return (await find.get(org, org)) ?? { policies: 0, prices: 0 };
  };
}

function changes(db: Statements): Pick<PolicyTx, 'insertPolicy' | 'updatePolicy' | 'deletePolicy'> {
  const insert = db.prepare(`INSERT INTO policies (${columns}) VALUES (?, ?, ?, ?, ?)`);
  // The revision stands in the condition, so that of two changes at once only one finds its row.
  const update = db.prepare<unknown>(
    `UPDATE policies SET revision = ?, body = ? WHERE org_id = ? AND id = ? AND revision = ?
     RETURNING id`,
  );
  const remove = db.prepare<unknown>(
    'DELETE FROM policies WHERE org_id = ? AND id = ? AND revision = ? RETURNING id',
  );
  return {
    async insertPolicy({ orgId, id, revision, content, createdAtMs }) {
      await insert.run(uuidBlob(orgId), id, revision, JSON.stringify(content), createdAtMs);
    },
    async updatePolicy({ orgId, id, revision, content }, before) {
      const body = JSON.stringify(content);
      return (await update.get(revision, body, uuidBlob(orgId), id, before)) !== undefined;
    },
    async deletePolicy(orgId, id, before) {
      return (await remove.get(uuidBlob(orgId), id, before)) !== undefined;
    },
  };
}

function counters(
  db: Statements,
): Pick<
  PolicyTx,
  'countPolicies' | 'newestPolicyRevision' | 'insertPolicyRevision' | 'movePolicyRevision'
> {
  const count = db.prepare<{ count: number }>(
    'SELECT count(*) AS count FROM policies WHERE org_id = ?',
  );
  const insert = db.prepare(
    `INSERT INTO policy_revisions (org_id, policy_id, revision, author, at, body)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const newest = db.prepare<{ newest: number | null }>(
    'SELECT max(revision) AS newest FROM policy_revisions WHERE org_id = ? AND policy_id = ?',
  );
  const move = db.prepare(
    'UPDATE organisations SET policy_revision = policy_revision + 1 WHERE id = ?',
  );
  return {
    async countPolicies(orgId) {
      return (await count.get(uuidBlob(orgId)))?.count ?? 0;
    },
    async newestPolicyRevision(orgId, id) {
      return (await newest.get(uuidBlob(orgId), id))?.newest ?? 0;
    },
    async insertPolicyRevision({ orgId, policyId, revision, author, atMs, content }) {
      const body = content === null ? null : JSON.stringify(content);
      await insert.run(uuidBlob(orgId), policyId, revision, author, atMs, body);
    },
    async movePolicyRevision(orgId) {
      await move.run(uuidBlob(orgId));
    },
  };
}

function policyOf(row: PolicyColumns): PolicyRow {
  return {
    orgId: uuidText(row.org_id),
    id: row.id,
    revision: row.revision,
    createdAtMs: row.created_at,
    content: JSON.parse(row.body) as PolicyContent,
  };
}

function revisionOf(row: RevisionColumns): PolicyRevisionRow {
  return {
    orgId: uuidText(row.org_id),
    policyId: row.policy_id,
    revision: row.revision,
    author: row.author,
    atMs: row.at,
    content: row.body === null ? null : (JSON.parse(row.body) as PolicyContent),
  };
}
