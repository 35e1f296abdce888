/**
 * The first schema on PostgreSQL. Fit for Citus: every key of sessions, events, traces and signals holds the column
 * they can be distributed by, and nothing refers to them. No column that moves with every batch stands in an index.
 */
export const foundationPostgres = `
CREATE TABLE organisations (
  id uuid PRIMARY KEY, name text NOT NULL, created_at bigint NOT NULL,
  revision bigint NOT NULL DEFAULT 0, policy_revision bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE api_keys (
  org_id uuid NOT NULL, id uuid NOT NULL, name text NOT NULL, prefix text NOT NULL, hash bytea NOT NULL,
  scopes text NOT NULL, created_at bigint NOT NULL, last_used_at bigint, revoked_at bigint,
  PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX api_keys_hash ON api_keys (hash);

CREATE TABLE people (
  org_id uuid NOT NULL, id uuid NOT NULL, name text NOT NULL, role text NOT NULL,
  created_at bigint NOT NULL, last_seen_at bigint, revoked_at bigint, signals_read_at bigint,
  PRIMARY KEY (org_id, id)
);

CREATE TABLE sign_in_links (
  token_hash bytea PRIMARY KEY, org_id uuid NOT NULL, person_id uuid NOT NULL,
  created_at bigint NOT NULL, expires_at bigint NOT NULL, used_at bigint
);

CREATE TABLE browser_sessions (
  token_hash bytea PRIMARY KEY, org_id uuid NOT NULL, person_id uuid NOT NULL,
  created_at bigint NOT NULL, last_used_at bigint NOT NULL
);
CREATE INDEX browser_sessions_person ON browser_sessions (org_id, person_id);

CREATE TABLE views (
  org_id uuid NOT NULL, id uuid NOT NULL, person_id uuid NOT NULL, page text NOT NULL, name text NOT NULL,
  query text NOT NULL, created_at bigint NOT NULL, PRIMARY KEY (org_id, person_id, id)
);

CREATE TABLE audit (
  org_id uuid NOT NULL, id uuid NOT NULL, at bigint NOT NULL, actor text NOT NULL, action text NOT NULL,
  target text NOT NULL, before text, after text, PRIMARY KEY (org_id, at, id)
);

CREATE TABLE idempotency_keys (
  org_id uuid NOT NULL, key text NOT NULL, body_hash bytea NOT NULL, status bigint NOT NULL,
  answer text NOT NULL, created_at bigint NOT NULL, PRIMARY KEY (org_id, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

CREATE TABLE jobs (
  name text PRIMARY KEY, last_ran_at bigint, lease_owner text, lease_until bigint, state text
);

CREATE TABLE agents (
  org_id uuid NOT NULL, id text NOT NULL, name text NOT NULL, description text, status_override text,
  created_at bigint NOT NULL, session_count bigint NOT NULL DEFAULT 0, last_started_at bigint,
  PRIMARY KEY (org_id, id)
) WITH (fillfactor = 50);

CREATE TABLE environments (
  org_id uuid NOT NULL, name text NOT NULL, first_seen_at bigint NOT NULL, PRIMARY KEY (org_id, name)
);

-- session_key is the arrival order (search); goal_index holds the beginnings of the goal's words.
CREATE TABLE sessions (
  session_key bigint GENERATED ALWAYS AS IDENTITY,
  org_id uuid NOT NULL, id uuid NOT NULL, status text NOT NULL,
  agent_id text, environment text NOT NULL, goal text, goal_words text NOT NULL DEFAULT '', goal_index tsvector,
  started_at bigint NOT NULL, ended_at bigint, last_seen_at bigint NOT NULL, last_event_at bigint,
  started_at_sent bigint NOT NULL, ended_at_sent bigint, arrived_at bigint NOT NULL,
  clock_offset_ms bigint NOT NULL DEFAULT 0, grace_ms bigint NOT NULL DEFAULT 0,
  parent_session_id uuid, root_session_id uuid NOT NULL, depth bigint NOT NULL DEFAULT 0, parent_refused text,
  child_count bigint NOT NULL DEFAULT 0,
  experiment_id text, variant text, agent_version text, user_id text, conversation_id text,
  total_cost bigint NOT NULL DEFAULT 0, late_cost bigint NOT NULL DEFAULT 0,
  total_tokens bigint NOT NULL DEFAULT 0, input_tokens bigint NOT NULL DEFAULT 0,
  output_tokens bigint NOT NULL DEFAULT 0,
  event_count bigint NOT NULL DEFAULT 0, step_count bigint NOT NULL DEFAULT 0,
  llm_count bigint NOT NULL DEFAULT 0, tool_count bigint NOT NULL DEFAULT 0,
  error_count bigint NOT NULL DEFAULT 0, unpriced_count bigint NOT NULL DEFAULT 0,
  signal_count bigint NOT NULL DEFAULT 0, trace_count bigint NOT NULL DEFAULT 0,
  position bigint NOT NULL DEFAULT 0,
  goal_completed bigint, score double precision,
  closed_by text, end_sender uuid, end_last_seq bigint, aborted bigint NOT NULL DEFAULT 0,
  expected bigint NOT NULL DEFAULT 0, received bigint NOT NULL DEFAULT 0, refused bigint NOT NULL DEFAULT 0,
  missing bigint NOT NULL DEFAULT 0, dropped bigint NOT NULL DEFAULT 0,
  open_senders bigint NOT NULL DEFAULT 0, incomplete bigint NOT NULL DEFAULT 0,
  policy_source text, policy_hash text,
  dropped_by text, metrics text, metric_times text, tags text, truncated text, metadata text,
  PRIMARY KEY (org_id, id)
) WITH (fillfactor = 70);
CREATE INDEX sessions_arrival ON sessions (org_id, session_key DESC);
CREATE INDEX sessions_goal ON sessions USING gin (goal_index);
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

CREATE TABLE reroots (org_id uuid NOT NULL, session_id uuid NOT NULL, PRIMARY KEY (org_id, session_id));

CREATE TABLE session_tags (
  org_id uuid NOT NULL, key text NOT NULL, value text NOT NULL, started_at bigint NOT NULL,
  session_id uuid NOT NULL, PRIMARY KEY (org_id, key, value, started_at, session_id)
);

CREATE TABLE senders (
  org_id uuid NOT NULL, session_id uuid NOT NULL, sender uuid NOT NULL, clock_offset_ms bigint NOT NULL,
  max_seq bigint NOT NULL DEFAULT 0, closed_last_seq bigint,
  received_ranges text NOT NULL DEFAULT '[]', refused_ranges text NOT NULL DEFAULT '[]',
  dropped_by text NOT NULL DEFAULT '{}', omitted text NOT NULL DEFAULT '{}',
  PRIMARY KEY (org_id, session_id, sender)
) WITH (fillfactor = 70);

-- state: 1 opening record only, 2 closing record only, 3 finished. One partition a day, made ahead by a job.
CREATE TABLE events (
  org_id uuid NOT NULL, session_id uuid NOT NULL, id uuid NOT NULL, position bigint NOT NULL,
  type text NOT NULL, state bigint NOT NULL, after_end bigint NOT NULL DEFAULT 0, level text,
  sender uuid, seq bigint, close_seq bigint, parent_event_id uuid,
  started_at bigint NOT NULL, ended_at bigint, started_at_sent bigint NOT NULL, ended_at_sent bigint,
  received_at bigint NOT NULL, latency_ms double precision, name text,
  provider text, model text, input_tokens bigint, output_tokens bigint, time_to_first_token_ms double precision,
  cost bigint, cost_source text, price_id bigint, cost_classes text,
  brief text, truncated text, data text NOT NULL,
  PRIMARY KEY (org_id, session_id, id)
) PARTITION BY RANGE (id);
CREATE TABLE events_default PARTITION OF events DEFAULT;
CREATE INDEX events_position ON events (org_id, session_id, position);
CREATE INDEX events_time ON events (org_id, session_id, started_at);
CREATE INDEX events_open ON events (org_id, session_id, started_at) WHERE state = 1;

CREATE TABLE prices_used (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, fingerprint text NOT NULL UNIQUE,
  table_version text NOT NULL, price text NOT NULL
);

CREATE TABLE signals (
  org_id uuid NOT NULL, subject_id uuid NOT NULL, id uuid NOT NULL, session_id uuid,
  type text NOT NULL, subtype text NOT NULL, action text, severity text NOT NULL, agent_id text,
  policy_id text, event_id uuid, message text NOT NULL, data text, occurred_at bigint NOT NULL,
  PRIMARY KEY (org_id, subject_id, id)
);
CREATE INDEX signals_time ON signals (org_id, occurred_at DESC, id DESC);
CREATE INDEX signals_subject ON signals (org_id, subject_id, occurred_at DESC, id DESC);
CREATE INDEX signals_id ON signals (org_id, id);

CREATE TABLE decision_traces (
  org_id uuid NOT NULL, session_id uuid NOT NULL, id uuid NOT NULL, event_id uuid, policy_id text,
  policy_revision bigint, action text NOT NULL, inputs text NOT NULL, considered text NOT NULL,
  errors text NOT NULL, decided_by text NOT NULL, enforced bigint NOT NULL, latency_us double precision,
  occurred_at bigint NOT NULL, PRIMARY KEY (org_id, session_id, id)
);
CREATE INDEX decision_traces_time ON decision_traces (org_id, session_id, occurred_at, id);

CREATE TABLE tree_totals (
  org_id uuid NOT NULL, root_session_id uuid NOT NULL, slot bigint NOT NULL DEFAULT 0,
  sessions bigint NOT NULL, running bigint NOT NULL, total_cost bigint NOT NULL, late_cost bigint NOT NULL,
  total_tokens bigint NOT NULL, step_count bigint NOT NULL, error_count bigint NOT NULL,
  unpriced_count bigint NOT NULL, PRIMARY KEY (org_id, root_session_id, slot)
) WITH (fillfactor = 70);

CREATE TABLE rollup_hours (
  org_id uuid NOT NULL, environment text NOT NULL, hour bigint NOT NULL,
  sessions bigint NOT NULL, with_errors bigint NOT NULL, stale bigint NOT NULL, total_cost bigint NOT NULL,
  late_cost bigint NOT NULL, total_tokens bigint NOT NULL, unpriced bigint NOT NULL, incomplete bigint NOT NULL,
  PRIMARY KEY (org_id, environment, hour)
) WITH (fillfactor = 50);

CREATE TABLE rollup_agent_days (
  org_id uuid NOT NULL, environment text NOT NULL, day bigint NOT NULL, agent_id text NOT NULL,
  sessions bigint NOT NULL, with_errors bigint NOT NULL, stale bigint NOT NULL, total_cost bigint NOT NULL,
  late_cost bigint NOT NULL, total_tokens bigint NOT NULL, unpriced bigint NOT NULL, incomplete bigint NOT NULL,
  PRIMARY KEY (org_id, environment, day, agent_id)
) WITH (fillfactor = 50);

CREATE TABLE day_totals (
  org_id uuid NOT NULL, environment text NOT NULL, day bigint NOT NULL, agent_id text NOT NULL,
  slot bigint NOT NULL DEFAULT 0, total_cost bigint NOT NULL, step_count bigint NOT NULL,
  PRIMARY KEY (org_id, environment, day, agent_id, slot)
) WITH (fillfactor = 50);

CREATE TABLE changes (
  org_id uuid NOT NULL, kind text NOT NULL, row_id uuid NOT NULL, revision bigint NOT NULL,
  changed_at bigint NOT NULL, PRIMARY KEY (org_id, kind, row_id)
) WITH (fillfactor = 70);
CREATE INDEX changes_revision ON changes (org_id, revision);

CREATE TABLE lost_records (
  org_id uuid NOT NULL, sender uuid NOT NULL, reason text NOT NULL, lost bigint NOT NULL,
  told_at bigint NOT NULL, PRIMARY KEY (org_id, sender, reason)
);

CREATE TABLE deleted_sessions (
  org_id uuid NOT NULL, id_hash bytea NOT NULL, deleted_at bigint NOT NULL, PRIMARY KEY (org_id, id_hash)
);
`;
