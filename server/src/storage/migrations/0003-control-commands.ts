/** What operators asked of sessions, and what became of it. Few sessions ever have one. */
export const controlCommands = {
  number: 3,
  name: 'control-commands',
  sqlite: `
CREATE TABLE control_commands (
  org_id BLOB NOT NULL, session_id BLOB NOT NULL, id BLOB NOT NULL, command TEXT NOT NULL, args TEXT NOT NULL,
  scope TEXT NOT NULL, requested_by TEXT NOT NULL, requested_at INTEGER NOT NULL, delivered_at INTEGER,
  obeyed_at INTEGER, refused_at INTEGER, refused_reason TEXT, PRIMARY KEY (org_id, session_id, id)
) WITHOUT ROWID;
CREATE INDEX control_commands_open ON control_commands (org_id, session_id)
  WHERE obeyed_at IS NULL AND refused_at IS NULL;
`,
} as const;
