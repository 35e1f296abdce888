/**
 * What a policy did lately, by an index that a count of it never leaves; and the parts of a tree's budget that its
 * senders hold: up to `cap` in all one may spend, `ingested` of it has been charged to the tree.
 */
export const hitsAndLeases = {
  number: 7,
  name: 'hits-and-leases',
  sqlite: `
CREATE INDEX decision_traces_policy ON decision_traces (org_id, policy_id, occurred_at, action) WHERE action <> 'continue';
CREATE TABLE budget_leases (
  org_id BLOB NOT NULL, root_session_id BLOB NOT NULL, sender BLOB NOT NULL, session_id BLOB NOT NULL,
  cap INTEGER NOT NULL, spent INTEGER NOT NULL, ingested INTEGER NOT NULL, unmet INTEGER NOT NULL,
  expires_at INTEGER NOT NULL, PRIMARY KEY (org_id, root_session_id, sender)
) WITHOUT ROWID;
CREATE INDEX budget_leases_expiry ON budget_leases (expires_at);
`,
} as const;
