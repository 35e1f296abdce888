/** A check in SQL: `stored` and `recomputed` are queries with the same key columns and the same figures. */
export interface TableCheck {
  readonly name: string;
  readonly key: readonly string[];
  readonly fields: readonly string[];
  readonly stored: string;
  readonly recomputed: string;
}

const hour = 3_600_000;
const day = 86_400_000;

const closed = 'state <> 1';
const counted = `${closed} AND after_end = 0`;
const isStep = `type IN ('llm', 'tool')`;
const incomplete = `status <> 'running' AND refused + missing + dropped + open_senders > 0`;

// A child of a deleted session stays where it was; only a hash is kept of the deleted one.
const noneDeleted = 'NOT EXISTS (SELECT 1 FROM deleted_sessions)';

const rollupFields = [
  'sessions',
  'with_errors',
  'stale',
  'total_cost',
  'late_cost',
  'total_tokens',
  'unpriced',
  'incomplete',
];
const rollupSums = `count(*) AS sessions, sum(error_count > 0) AS with_errors, sum(status = 'stale') AS stale, sum(total_cost) AS total_cost,
  sum(late_cost) AS late_cost, sum(input_tokens + output_tokens) AS total_tokens, sum(unpriced_count) AS unpriced,
  sum(${incomplete}) AS incomplete`;

const eventFields = [
  'event_count',
  'total_cost',
  'late_cost',
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'step_count',
  'llm_count',
  'tool_count',
  'error_count',
  'unpriced_count',
];

const treeFields = [
  'sessions',
  'running',
  'total_cost',
  'late_cost',
  'total_tokens',
  'step_count',
  'error_count',
  'unpriced_count',
];

/** What sessions and events themselves say. */
export const sessionChecks: readonly TableCheck[] = [
  {
    name: 'sessions from events',
    key: ['session_key'],
    fields: eventFields,
    stored: `SELECT session_key, ${eventFields.join(', ')} FROM sessions`,
    recomputed: `SELECT session_key, count(*) AS event_count,
        sum(coalesce(cost, 0) * (${counted})) AS total_cost,
        sum(coalesce(cost, 0) * (${closed} AND after_end = 1)) AS late_cost,
        sum(coalesce(input_tokens, 0) * (${counted})) AS input_tokens,
        sum(coalesce(output_tokens, 0) * (${counted})) AS output_tokens,
        sum((coalesce(input_tokens, 0) + coalesce(output_tokens, 0)) * (${counted})) AS total_tokens,
        sum(${isStep} AND ${counted}) AS step_count,
        sum(type = 'llm' AND ${counted}) AS llm_count, sum(type = 'tool' AND ${counted}) AS tool_count,
        sum(type = 'error' AND ${counted}) AS error_count,
        sum(coalesce(cost_source = 'unpriced', 0) AND ${counted}) AS unpriced_count
      FROM events GROUP BY session_key`,
  },
  {
    name: 'newest event',
    key: ['session_key'],
    fields: ['time_lags', 'position_lags'],
    stored: 'SELECT session_key, 0 AS time_lags, 0 AS position_lags FROM sessions',
    recomputed: `SELECT session_key,
        coalesce(s.last_event_at < max(coalesce(e.ended_at, e.started_at)), 1) AS time_lags,
        s.position < max(e.position) AS position_lags
      FROM events e JOIN sessions s USING (session_key) GROUP BY session_key`,
  },
  {
    name: 'events after the end',
    key: ['session_key', 'position'],
    fields: ['after_end'],
    stored: 'SELECT session_key, position, after_end FROM events',
    recomputed: `SELECT session_key, e.position, CASE
        WHEN s.status <> 'done' THEN 0
        WHEN e.sender = s.end_sender AND s.end_last_seq IS NOT NULL AND coalesce(e.close_seq, e.seq) IS NOT NULL
          THEN coalesce(e.close_seq, e.seq) > s.end_last_seq
        ELSE e.started_at > s.ended_at END AS after_end
      FROM events e JOIN sessions s USING (session_key)`,
  },
  {
    name: 'signals and traces of sessions',
    key: ['org_id', 'id'],
    fields: ['signal_count', 'trace_count'],
    stored: 'SELECT org_id, id, signal_count, trace_count FROM sessions',
    recomputed: `SELECT org_id, id, sum(signal) AS signal_count, sum(trace) AS trace_count FROM (
        SELECT org_id, subject_id AS id, 1 AS signal, 0 AS trace FROM signals WHERE session_id IS NOT NULL
        UNION ALL SELECT org_id, session_id, 0, 1 FROM decision_traces
      ) GROUP BY org_id, id`,
  },
  {
    name: 'sessions in themselves',
    key: ['session_key'],
    fields: ['incomplete', 'lies', 'goal_completed', 'score'],
    stored: `SELECT session_key, incomplete, 0 AS lies, coalesce(goal_completed, -1) AS goal_completed,
        coalesce(score, -1) AS score FROM sessions`,
    recomputed: `SELECT session_key, ${incomplete} AS incomplete,
        (status = 'running') <> (ended_at IS NULL) OR coalesce(ended_at < started_at, 0)
          OR (status = 'stale' AND ended_at <> max(started_at, last_seen_at))
          OR status NOT IN ('running', 'done', 'stale') AS lies,
        coalesce(metrics ->> '$.goal_completed', -1) AS goal_completed,
        coalesce(metrics ->> '$.score', -1) AS score
      FROM sessions`,
  },
];

/** What hangs on sessions: their trees, roll-ups, tags, agents and their place in search and feed. */
export const derivedChecks: readonly TableCheck[] = [
  {
    name: 'children',
    key: ['org_id', 'id'],
    fields: ['child_count'],
    stored: 'SELECT org_id, id, child_count FROM sessions',
    recomputed: `SELECT org_id, parent_session_id AS id, count(*) AS child_count FROM sessions c
      WHERE parent_session_id IS NOT NULL
        AND EXISTS (SELECT 1 FROM sessions p WHERE p.org_id = c.org_id AND p.id = c.parent_session_id)
      GROUP BY org_id, parent_session_id`,
  },
  {
    name: 'place in the tree',
    key: ['session_key'],
    fields: ['root_session_id', 'depth'],
    stored: 'SELECT session_key, root_session_id, depth FROM sessions',
    recomputed: `SELECT c.session_key,
        CASE WHEN c.parent_session_id IS NULL THEN c.id
          WHEN p.id IS NULL AND ${noneDeleted} THEN c.parent_session_id
          WHEN p.id IS NULL OR EXISTS (SELECT 1 FROM reroots) THEN c.root_session_id
          ELSE p.root_session_id END AS root_session_id,
        CASE WHEN c.parent_session_id IS NULL THEN 0
          WHEN p.id IS NULL AND ${noneDeleted} THEN 1
          WHEN p.id IS NULL OR EXISTS (SELECT 1 FROM reroots) THEN c.depth
          ELSE p.depth + 1 END AS depth
      FROM sessions c LEFT JOIN sessions p ON p.org_id = c.org_id AND p.id = c.parent_session_id`,
  },
  {
    name: 'trees',
    key: ['org_id', 'root_session_id'],
    fields: treeFields,
    stored: `SELECT org_id, root_session_id, ${treeFields.map((name) => `sum(${name}) AS ${name}`).join(', ')}
      FROM tree_totals GROUP BY org_id, root_session_id`,
    recomputed: `SELECT org_id, root_session_id, count(*) AS sessions, sum(status = 'running') AS running,
        sum(total_cost) AS total_cost, sum(late_cost) AS late_cost,
        sum(input_tokens + output_tokens) AS total_tokens, sum(step_count) AS step_count,
        sum(error_count) AS error_count, sum(unpriced_count) AS unpriced_count
      FROM sessions WHERE parent_session_id IS NOT NULL OR child_count > 0 GROUP BY org_id, root_session_id`,
  },
  {
    name: 'roll-up by hour',
    key: ['org_id', 'environment', 'hour'],
    fields: rollupFields,
    stored: `SELECT org_id, environment, hour, ${rollupFields.join(', ')} FROM rollup_hours`,
    recomputed: `SELECT org_id, environment, ${floorTo('started_at', hour)} AS hour, ${rollupSums}
      FROM sessions GROUP BY 1, 2, 3`,
  },
  {
    name: 'roll-up by agent and day',
    key: ['org_id', 'environment', 'day', 'agent_id'],
    fields: rollupFields,
    stored: `SELECT org_id, environment, day, agent_id, ${rollupFields.join(', ')} FROM rollup_agent_days`,
    recomputed: `SELECT org_id, environment, ${floorTo('started_at', day)} AS day,
        coalesce(agent_id, '') AS agent_id, ${rollupSums}
      FROM sessions GROUP BY 1, 2, 3, 4`,
  },
  {
    name: 'spent by day',
    key: ['org_id', 'environment', 'day', 'agent_id'],
    fields: ['total_cost', 'step_count'],
    stored: `SELECT org_id, environment, day, agent_id, sum(total_cost) AS total_cost, sum(step_count) AS step_count
      FROM day_totals GROUP BY 1, 2, 3, 4`,
    recomputed: `SELECT s.org_id, s.environment, ${floorTo('e.started_at', day)} AS day,
        coalesce(s.agent_id, '') AS agent_id, sum(coalesce(e.cost, 0)) AS total_cost, sum(${isStep}) AS step_count
      FROM events e JOIN sessions s USING (session_key) WHERE ${counted} GROUP BY 1, 2, 3, 4`,
  },
  {
    name: 'agents',
    key: ['org_id', 'id'],
    fields: ['session_count', 'last_started_at'],
    stored: 'SELECT org_id, id, session_count, last_started_at FROM agents',
    recomputed: `SELECT org_id, agent_id AS id, count(*) AS session_count, max(started_at) AS last_started_at
      FROM sessions WHERE agent_id IS NOT NULL GROUP BY 1, 2`,
  },
  {
    name: 'tags',
    key: ['org_id', 'session_id', 'key', 'value'],
    fields: ['tags'],
    stored: `SELECT t.org_id, s.id AS session_id, key, value, 1 AS tags FROM session_tags AS t
      LEFT JOIN sessions AS s ON s.session_key = t.session_key AND s.started_at = t.started_at`,
    recomputed: `SELECT org_id, s.id AS session_id, t.key AS key, t.value AS value, 1 AS tags
      FROM sessions s, json_each(s.tags) AS t`,
  },
  {
    name: 'live feed',
    key: ['org_id', 'id'],
    fields: ['changes'],
    stored: `SELECT c.org_id, row_id AS id, 1 AS changes FROM changes c JOIN organisations o ON o.id = c.org_id
      WHERE kind = 'session' AND c.revision <= o.revision
        AND EXISTS (SELECT 1 FROM sessions s WHERE s.org_id = c.org_id AND s.id = c.row_id)`,
    recomputed: 'SELECT org_id, id, 1 AS changes FROM sessions',
  },
  {
    name: 'search',
    key: ['session_key'],
    fields: ['indexed'],
    stored: 'SELECT id AS session_key, 1 AS indexed FROM goal_search_docsize',
    recomputed: `SELECT session_key, 1 AS indexed FROM sessions WHERE goal_words <> ''`,
  },
  {
    name: 'rows of sessions that are gone',
    key: ['session_key'],
    fields: ['orphans'],
    stored: `SELECT session_key, count(*) AS orphans FROM (
        SELECT session_key FROM events UNION ALL SELECT session_key FROM senders
      ) WHERE session_key NOT IN (SELECT session_key FROM sessions) GROUP BY 1`,
    recomputed: 'SELECT session_key, 0 AS orphans FROM sessions WHERE false',
  },
];

/** Rounds down, below zero too: the remainder of a negative number is negative in SQL. */
function floorTo(column: string, unit: number): string {
  return `(${column} - ((${column} % ${unit}) + ${unit}) % ${unit})`;
}
