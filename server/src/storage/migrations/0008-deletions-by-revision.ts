/** The newest deletion of an organisation, which tells that agents kept for an hour are to be read anew. */
export const deletionsByRevision = {
  number: 8,
  name: 'deletions-by-revision',
  sqlite: `
CREATE INDEX changes_deleted ON changes (org_id, revision) WHERE kind = 'deleted';
`,
} as const;
