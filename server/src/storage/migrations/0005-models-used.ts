/** Which models an organisation's calls were priced by, and when last: their prices travel with its snapshots. */
export const modelsUsed = {
  number: 5,
  name: 'models-used',
  sqlite: `
CREATE TABLE models_used (
  org_id BLOB NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL, price_id INTEGER NOT NULL,
  seen_on INTEGER NOT NULL, PRIMARY KEY (org_id, provider, model)
) WITHOUT ROWID;
`,
} as const;
