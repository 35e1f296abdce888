/**
 * Tags in the order of their sessions' starts, by the integer key: the sessions of a tag within a range are one
 * stretch of the table.
 */
export const tagsByStart = {
  number: 2,
  name: 'tags-by-start',
  // The first schema has them so.
  postgres: '',
  sqlite: `
CREATE TABLE tags_by_start (
  org_id BLOB NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, started_at INTEGER NOT NULL,
  session_key INTEGER NOT NULL, PRIMARY KEY (org_id, key, value, started_at, session_key)
) WITHOUT ROWID;
INSERT INTO tags_by_start SELECT t.org_id, t.key, t.value, s.started_at, s.session_key
  FROM session_tags AS t JOIN sessions AS s ON s.org_id = t.org_id AND s.id = t.session_id ORDER BY 1, 2, 3, 4, 5;
DROP TABLE session_tags;
ALTER TABLE tags_by_start RENAME TO session_tags;
`,
} as const;
