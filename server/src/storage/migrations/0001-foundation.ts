import { foundationPostgres } from './0001-foundation-postgres.ts';

/**
 * The first schema. Ids are 16-byte blobs, times integer milliseconds since the epoch, money integer
 * nano-USD, JSON text. Columns that move with every batch stand in no index but the covering one.
 */
export const foundation = {
  number: 1,
  name: 'foundation',
  postgres: foundationPostgres,
  sqlite: `
CREATE TABLE organisations (
  id BLOB NOT NULL PRIMARY KEY, name TEXT NOT NULL, created_at INTEGER NOT NULL,
  revision INTEGER NOT NULL DEFAULT 0, policy_revision INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE api_keys (
  org_id BLOB NOT NULL, id BLOB NOT NULL, name TEXT NOT NULL, prefix TEXT NOT NULL, hash BLOB NOT NULL,
  scopes TEXT NOT NULL, created_at INTEGER NOT NULL, last_used_at INTEGER, revoked_at INTEGER,
  PRIMARY KEY (org_id, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX api_keys_hash ON api_keys (hash);

CREATE TABLE people (
  org_id BLOB NOT NULL, id BLOB NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,
  created_at INTEGER NOT NULL, last_seen_at INTEGER, revoked_at INTEGER, signals_read_at INTEGER,
  PRIMARY KEY (org_id, id)
) WITHOUT ROWID;

CREATE TABLE sign_in_links (
  token_hash BLOB NOT NULL PRIMARY KEY, org_id BLOB NOT NULL, person_id BLOB NOT NULL,
  created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, used_at INTEGER
) WITHOUT ROWID;

CREATE TABLE browser_sessions (
  token_hash BLOB NOT NULL PRIMARY KEY, org_id BLOB NOT NULL, person_id BLOB NOT NULL,
  created_at INTEGER NOT NULL, last_used_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX browser_sessions_person ON browser_sessions (org_id, person_id);

CREATE TABLE views (
  org_id BLOB NOT NULL, id BLOB NOT NULL, person_id BLOB NOT NULL, page TEXT NOT NULL, name TEXT NOT NULL,
  query TEXT NOT NULL, created_at INTEGER NOT NULL, PRIMARY KEY (org_id, person_id, id)
) WITHOUT ROWID;

CREATE TABLE audit (
  org_id BLOB NOT NULL, id BLOB NOT NULL, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
  target TEXT NOT NULL, before TEXT, after TEXT, PRIMARY KEY (org_id, at, id)
) WITHOUT ROWID;

CREATE TABLE idempotency_keys (
  org_id BLOB NOT NULL, key TEXT NOT NULL, body_hash BLOB NOT NULL, status INTEGER NOT NULL,
  answer TEXT NOT NULL, created_at INTEGER NOT NULL, PRIMARY KEY (org_id, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

CREATE TABLE jobs (
  name TEXT NOT NULL PRIMARY KEY, last_ran_at INTEGER NOT NULL, lease_owner TEXT, lease_until INTEGER,
  state TEXT
) WITHOUT ROWID;

CREATE TABLE agents (
  org_id BLOB NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, description TEXT, status_override TEXT,
  created_at INTEGER NOT NULL, session_count INTEGER NOT NULL DEFAULT 0, last_started_at INTEGER,
  PRIMARY KEY (org_id, id)
) WITHOUT ROWID;

CREATE TABLE environments (
  org_id BLOB NOT NULL, name TEXT NOT NULL, first_seen_at INTEGER NOT NULL, PRIMARY KEY (org_id, name)
) WITHOUT ROWID;

-- session_key is the arrival order (search) and the key of everything that belongs to a session.
CREATE TABLE sessions (
  session_key INTEGER PRIMARY KEY AUTOINCREMENT,
  org_id BLOB NOT NULL, id BLOB NOT NULL, status TEXT NOT NULL,
  agent_id TEXT, environment TEXT NOT NULL, goal TEXT, goal_words TEXT NOT NULL DEFAULT '',
  started_at INTEGER NOT NULL, ended_at INTEGER, last_seen_at INTEGER NOT NULL, last_event_at INTEGER,
  started_at_sent INTEGER NOT NULL, ended_at_sent INTEGER, arrived_at INTEGER NOT NULL,
  clock_offset_ms INTEGER NOT NULL DEFAULT 0, grace_ms INTEGER NOT NULL DEFAULT 0,
  parent_session_id BLOB, root_session_id BLOB NOT NULL, depth INTEGER NOT NULL DEFAULT 0, parent_refused TEXT,
  child_count INTEGER NOT NULL DEFAULT 0,
  experiment_id TEXT, variant TEXT, agent_version TEXT, user_id TEXT, conversation_id TEXT,
  total_cost INTEGER NOT NULL DEFAULT 0, late_cost INTEGER NOT NULL DEFAULT 0,
  total_tokens INTEGER NOT NULL DEFAULT 0, input_tokens INTEGER NOT NULL DEFAULT 0,
  output_tokens INTEGER NOT NULL DEFAULT 0,
  event_count INTEGER NOT NULL DEFAULT 0, step_count INTEGER NOT NULL DEFAULT 0,
  llm_count INTEGER NOT NULL DEFAULT 0, tool_count INTEGER NOT NULL DEFAULT 0,
  error_count INTEGER NOT NULL DEFAULT 0, unpriced_count INTEGER NOT NULL DEFAULT 0,
  signal_count INTEGER NOT NULL DEFAULT 0, trace_count INTEGER NOT NULL DEFAULT 0,
  position INTEGER NOT NULL DEFAULT 0,
  goal_completed INTEGER, score REAL,
  closed_by TEXT, end_sender BLOB, end_last_seq INTEGER, aborted INTEGER NOT NULL DEFAULT 0,
  expected INTEGER NOT NULL DEFAULT 0, received INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0,
  missing INTEGER NOT NULL DEFAULT 0, dropped INTEGER NOT NULL DEFAULT 0,
  open_senders INTEGER NOT NULL DEFAULT 0, incomplete INTEGER NOT NULL DEFAULT 0,
  policy_source TEXT, policy_hash TEXT,
  dropped_by TEXT, metrics TEXT, metric_times TEXT, tags TEXT, truncated TEXT, metadata TEXT
);
CREATE UNIQUE INDEX sessions_id ON sessions (org_id, id);
CREATE INDEX sessions_started ON sessions (org_id, started_at DESC, id DESC);
CREATE INDEX sessions_environment ON sessions (org_id, environment, started_at DESC, id DESC);
CREATE INDEX sessions_agent ON sessions (org_id, agent_id, started_at DESC, id DESC);
CREATE INDEX sessions_root ON sessions (org_id, root_session_id, started_at DESC, id DESC);
CREATE INDEX sessions_parent ON sessions (org_id, parent_session_id, started_at DESC, id DESC)
  WHERE parent_session_id IS NOT NULL;
CREATE INDEX sessions_conversation ON sessions (org_id, conversation_id, started_at DESC, id DESC)
  WHERE conversation_id IS NOT NULL;
CREATE INDEX sessions_user ON sessions (org_id, user_id, started_at DESC, id DESC) WHERE user_id IS NOT NULL;
CREATE INDEX sessions_experiment ON sessions (org_id, experiment_id, variant, started_at DESC, id DESC)
  WHERE experiment_id IS NOT NULL;
CREATE INDEX sessions_running ON sessions (org_id, started_at DESC, id DESC) WHERE status = 'running';
CREATE INDEX sessions_errors ON sessions (org_id, started_at DESC, id DESC) WHERE error_count > 0;
CREATE INDEX sessions_covering ON sessions (
  org_id, environment, started_at, status, agent_id, error_count, total_cost, late_cost, ended_at,
  unpriced_count, incomplete, goal_completed, score, id
);

-- Roots that found a parent after their own children: the rest of their trees moves over, 500 at a time.
CREATE TABLE reroots (
  org_id BLOB NOT NULL, session_id BLOB NOT NULL, PRIMARY KEY (org_id, session_id)
) WITHOUT ROWID;

CREATE TABLE session_tags (
  org_id BLOB NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, session_id BLOB NOT NULL,
  PRIMARY KEY (org_id, key, value, session_id)
) WITHOUT ROWID;

-- Sequence numbers are kept as ranges [first, last]: one pair while a sender's records arrive in order.
CREATE TABLE senders (
  session_key INTEGER NOT NULL, sender BLOB NOT NULL, clock_offset_ms INTEGER NOT NULL,
  max_seq INTEGER NOT NULL DEFAULT 0, closed_last_seq INTEGER,
  received_ranges TEXT NOT NULL DEFAULT '[]', refused_ranges TEXT NOT NULL DEFAULT '[]',
  dropped_by TEXT NOT NULL DEFAULT '{}', omitted TEXT NOT NULL DEFAULT '{}',
  PRIMARY KEY (session_key, sender)
) WITHOUT ROWID;

-- state: 1 opening record only, 2 closing record only, 3 finished.
CREATE TABLE events (
  rowid INTEGER PRIMARY KEY,
  session_key INTEGER NOT NULL, id BLOB NOT NULL, position INTEGER NOT NULL,
  type TEXT NOT NULL, state INTEGER NOT NULL, after_end INTEGER NOT NULL DEFAULT 0, level TEXT,
  sender BLOB, seq INTEGER, close_seq INTEGER, parent_event_id BLOB,
  started_at INTEGER NOT NULL, ended_at INTEGER, started_at_sent INTEGER NOT NULL, ended_at_sent INTEGER,
  received_at INTEGER NOT NULL, latency_ms REAL, name TEXT,
  provider TEXT, model TEXT, input_tokens INTEGER, output_tokens INTEGER, time_to_first_token_ms REAL,
  cost INTEGER, cost_source TEXT, price_id INTEGER, cost_classes TEXT,
  brief TEXT, truncated TEXT, data TEXT NOT NULL
);
CREATE UNIQUE INDEX events_id ON events (session_key, id);
CREATE INDEX events_position ON events (session_key, position);
CREATE INDEX events_time ON events (session_key, started_at);
CREATE INDEX events_open ON events (session_key, started_at) WHERE state = 1;

-- Every price row that was ever used, once: an event names it, so that its cost can be taken apart.
CREATE TABLE prices_used (
  id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE, table_version TEXT NOT NULL, price TEXT NOT NULL
);

CREATE TABLE signals (
  org_id BLOB NOT NULL, subject_id BLOB NOT NULL, id BLOB NOT NULL, session_id BLOB,
  type TEXT NOT NULL, subtype TEXT NOT NULL, action TEXT, severity TEXT NOT NULL, agent_id TEXT,
  policy_id TEXT, event_id BLOB, message TEXT NOT NULL, data TEXT, occurred_at INTEGER NOT NULL,
  PRIMARY KEY (org_id, subject_id, id)
) WITHOUT ROWID;
CREATE INDEX signals_time ON signals (org_id, occurred_at DESC, id DESC);
CREATE INDEX signals_subject ON signals (org_id, subject_id, occurred_at DESC, id DESC);
CREATE INDEX signals_id ON signals (org_id, id);

CREATE TABLE decision_traces (
  org_id BLOB NOT NULL, session_id BLOB NOT NULL, id BLOB NOT NULL, event_id BLOB, policy_id TEXT,
  policy_revision INTEGER, action TEXT NOT NULL, inputs TEXT NOT NULL, considered TEXT NOT NULL,
  errors TEXT NOT NULL, decided_by TEXT NOT NULL, enforced INTEGER NOT NULL, latency_us REAL,
  occurred_at INTEGER NOT NULL, PRIMARY KEY (org_id, session_id, id)
) WITHOUT ROWID;
CREATE INDEX decision_traces_time ON decision_traces (org_id, session_id, occurred_at, id);

CREATE TABLE tree_totals (
  org_id BLOB NOT NULL, root_session_id BLOB NOT NULL, slot INTEGER NOT NULL DEFAULT 0,
  sessions INTEGER NOT NULL, running INTEGER NOT NULL, total_cost INTEGER NOT NULL, late_cost INTEGER NOT NULL,
  total_tokens INTEGER NOT NULL, step_count INTEGER NOT NULL, error_count INTEGER NOT NULL,
  unpriced_count INTEGER NOT NULL, PRIMARY KEY (org_id, root_session_id, slot)
) WITHOUT ROWID;

CREATE TABLE rollup_hours (
  org_id BLOB NOT NULL, environment TEXT NOT NULL, hour INTEGER NOT NULL,
  sessions INTEGER NOT NULL, with_errors INTEGER NOT NULL, stale INTEGER NOT NULL, total_cost INTEGER NOT NULL, late_cost INTEGER NOT NULL,
  total_tokens INTEGER NOT NULL, unpriced INTEGER NOT NULL, incomplete INTEGER NOT NULL,
  PRIMARY KEY (org_id, environment, hour)
) WITHOUT ROWID;

CREATE TABLE rollup_agent_days (
  org_id BLOB NOT NULL, environment TEXT NOT NULL, day INTEGER NOT NULL, agent_id TEXT NOT NULL,
  sessions INTEGER NOT NULL, with_errors INTEGER NOT NULL, stale INTEGER NOT NULL, total_cost INTEGER NOT NULL, late_cost INTEGER NOT NULL,
  total_tokens INTEGER NOT NULL, unpriced INTEGER NOT NULL, incomplete INTEGER NOT NULL,
  PRIMARY KEY (org_id, environment, day, agent_id)
) WITHOUT ROWID;

CREATE TABLE day_totals (
  org_id BLOB NOT NULL, environment TEXT NOT NULL, day INTEGER NOT NULL, agent_id TEXT NOT NULL,
  slot INTEGER NOT NULL DEFAULT 0, total_cost INTEGER NOT NULL, step_count INTEGER NOT NULL,
  PRIMARY KEY (org_id, environment, day, agent_id, slot)
) WITHOUT ROWID;

-- The live feed is state: one row per session, signal or deletion, with the revision of its last change.
CREATE TABLE changes (
  org_id BLOB NOT NULL, kind TEXT NOT NULL, row_id BLOB NOT NULL, revision INTEGER NOT NULL,
  changed_at INTEGER NOT NULL, PRIMARY KEY (org_id, kind, row_id)
) WITHOUT ROWID;
CREATE INDEX changes_revision ON changes (org_id, revision);

-- What processes lost before any session was known here, the greatest each of them told (D1).
CREATE TABLE lost_records (
  org_id BLOB NOT NULL, sender BLOB NOT NULL, reason TEXT NOT NULL, lost INTEGER NOT NULL,
  told_at INTEGER NOT NULL, PRIMARY KEY (org_id, sender, reason)
) WITHOUT ROWID;

CREATE TABLE deleted_sessions (
  org_id BLOB NOT NULL, id_hash BLOB NOT NULL, deleted_at INTEGER NOT NULL, PRIMARY KEY (org_id, id_hash)
) WITHOUT ROWID;

CREATE VIEW goal_documents AS
  SELECT session_key AS rowid, lower(hex(org_id)) AS org, goal_words AS words FROM sessions;
CREATE VIRTUAL TABLE goal_search USING fts5 (
  org, words, content = 'goal_documents', content_rowid = 'rowid', prefix = '1 2 3 4 5 6 7 8',
  tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
);
`,
} as const;
