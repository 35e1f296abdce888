/** Policies as they stand, and every revision there was; bodies are JSON. Few organisations have over a hundred. */
export const policies = {
  number: 4,
  name: 'policies',
  sqlite: `
CREATE TABLE policies (
  org_id BLOB NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL, body TEXT NOT NULL, created_at INTEGER NOT NULL,
  PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
CREATE TABLE policy_revisions (
  org_id BLOB NOT NULL, policy_id TEXT NOT NULL, revision INTEGER NOT NULL, author TEXT NOT NULL, at INTEGER NOT NULL,
  body TEXT, PRIMARY KEY (org_id, policy_id, revision)
) WITHOUT ROWID;
`,
} as const;
