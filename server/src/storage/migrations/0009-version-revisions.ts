/** What tells the contents of a draft apart, so that a change says which of them it is of. */
export const versionRevisions = {
  number: 9,
  name: 'version-revisions',
  sqlite: `
ALTER TABLE agent_versions ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
`,
} as const;
