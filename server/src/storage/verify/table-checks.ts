import { rollupColumns, treeColumns } from '../total-figures.ts';

/** What engines say in different words. */
export interface VerifyDialect {
  /** The columns that name a session where rows belong to one, and as they stand in `sessions AS s`. */
  readonly owner: readonly string[];
  readonly ofSession: string;
  /** That rows under an alias belong to the session `s`. */
  joins(alias: string): string;
  /** All sessions, to be joined with others than themselves. */
  readonly otherSessions: string;
  /** Keys and values of the tags of `s` as rows `t`. */
  readonly tagPairs: string;
  /** Sessions that search finds, by owner, as `indexed`. */
  readonly indexed: string;
}

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

const rollupSums = `count(*) AS sessions, count(*) FILTER (WHERE error_count > 0) AS with_errors,
  count(*) FILTER (WHERE status = 'stale') AS stale, sum(total_cost) AS total_cost,
  sum(late_cost) AS late_cost, sum(input_tokens + output_tokens) AS total_tokens, sum(unpriced_count) AS unpriced,
  count(*) FILTER (WHERE ${incomplete}) AS incomplete, sum(step_count) AS step_count`;

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

/** Every check in SQL, as an engine says it. */
export function tableChecks(dialect: VerifyDialect): readonly TableCheck[] {
  return [...sessionChecks(dialect), ...treeChecks(dialect), ...derivedChecks(dialect)];
}

/** What sessions and events themselves say. */
function sessionChecks({ owner, ofSession, joins }: VerifyDialect): readonly TableCheck[] {
  const ofEvent = owner.map((name) => `e.${name}`).join(', ');
  return [
    {
      name: 'sessions from events',
      key: owner,
      fields: eventFields,
      stored: `SELECT ${ofSession}, ${eventFields.join(', ')} FROM sessions AS s`,
      recomputed: `SELECT ${ofEvent}, count(*) AS event_count,
          ${sumOf('cost', counted)} AS total_cost,
          ${sumOf('cost', `${closed} AND after_end = 1`)} AS late_cost,
          ${sumOf('input_tokens', counted)} AS input_tokens,
          ${sumOf('output_tokens', counted)} AS output_tokens,
          ${sumOf('coalesce(input_tokens, 0) + coalesce(output_tokens, 0)', counted)} AS total_tokens,
          count(*) FILTER (WHERE ${isStep} AND ${counted}) AS step_count,
          count(*) FILTER (WHERE type = 'llm' AND ${counted}) AS llm_count,
          count(*) FILTER (WHERE type = 'tool' AND ${counted}) AS tool_count,
          count(*) FILTER (WHERE type = 'error' AND ${counted}) AS error_count,
          count(*) FILTER (WHERE cost_source = 'unpriced' AND ${counted}) AS unpriced_count
        FROM events AS e GROUP BY ${ofEvent}`,
    },
    {
      name: 'newest event',
      key: owner,
      fields: ['time_lags', 'position_lags'],
      stored: `SELECT ${ofSession}, 0 AS time_lags, 0 AS position_lags FROM sessions AS s`,
      recomputed: `SELECT ${ofEvent},
          ${flag('coalesce(s.last_event_at < max(coalesce(e.ended_at, e.started_at)), true)')} AS time_lags,
          ${flag('s.position < max(e.position)')} AS position_lags
        FROM events AS e JOIN sessions AS s ON ${joins('e')} GROUP BY ${ofEvent}, s.last_event_at, s.position`,
    },
    {
      name: 'events after the end',
      key: [...owner, 'position'],
      fields: ['after_end'],
      stored: `SELECT ${ofEvent}, e.position, after_end FROM events AS e`,
      recomputed: `SELECT ${ofEvent}, e.position, ${flag(`CASE
          WHEN s.status <> 'done' THEN false
          WHEN e.sender = s.end_sender AND s.end_last_seq IS NOT NULL AND coalesce(e.close_seq, e.seq) IS NOT NULL
            THEN coalesce(e.close_seq, e.seq) > s.end_last_seq
          ELSE e.started_at > s.ended_at END`)} AS after_end
        FROM events AS e JOIN sessions AS s ON ${joins('e')}`,
    },
    {
      name: 'signals and traces of sessions',
      key: ['org_id', 'id'],
      fields: ['signal_count', 'trace_count'],
      stored: 'SELECT org_id, id, signal_count, trace_count FROM sessions',
      recomputed: `SELECT org_id, id, sum(signal) AS signal_count, sum(trace) AS trace_count FROM (
          SELECT org_id, subject_id AS id, 1 AS signal, 0 AS trace FROM signals WHERE session_id IS NOT NULL
          UNION ALL SELECT org_id, session_id, 0, 1 FROM decision_traces
        ) AS outcomes GROUP BY org_id, id`,
    },
    {
      name: 'sessions in themselves',
      key: owner,
      fields: ['incomplete', 'lies'],
      stored: `SELECT ${ofSession}, incomplete, 0 AS lies FROM sessions AS s`,
      recomputed: `SELECT ${ofSession}, ${flag(incomplete)} AS incomplete,
          ${flag(`(status = 'running') <> (ended_at IS NULL) OR coalesce(ended_at < started_at, false)
            OR (status = 'stale' AND ended_at <> CASE WHEN started_at > last_seen_at THEN started_at ELSE last_seen_at END)
            OR status NOT IN ('running', 'done', 'stale')`)} AS lies
        FROM sessions AS s`,
    },
  ];
}

/** What hangs on sessions: their trees and roll-ups. */
function treeChecks(dialect: VerifyDialect): readonly TableCheck[] {
  return [
    {
      name: 'children',
      key: ['org_id', 'id'],
      fields: ['child_count'],
      stored: 'SELECT org_id, id, child_count FROM sessions',
      recomputed: `SELECT org_id, parent_session_id AS id, count(*) AS child_count FROM sessions AS c
        WHERE parent_session_id IS NOT NULL
          AND EXISTS (SELECT 1 FROM sessions AS p WHERE p.org_id = c.org_id AND p.id = c.parent_session_id)
        GROUP BY org_id, parent_session_id`,
    },
    placeCheck(dialect),
    {
      name: 'trees',
      key: ['org_id', 'root_session_id'],
      fields: treeColumns,
      stored: `SELECT org_id, root_session_id, ${treeColumns.map((name) => `sum(${name}) AS ${name}`).join(', ')}
        FROM tree_totals GROUP BY org_id, root_session_id`,
      recomputed: `SELECT org_id, root_session_id, count(*) AS sessions,
          count(*) FILTER (WHERE status = 'running') AS running,
          sum(total_cost) AS total_cost, sum(late_cost) AS late_cost,
          sum(input_tokens + output_tokens) AS total_tokens, sum(step_count) AS step_count,
          sum(error_count) AS error_count, sum(unpriced_count) AS unpriced_count
        FROM sessions WHERE parent_session_id IS NOT NULL OR child_count > 0 GROUP BY org_id, root_session_id`,
    },
    {
      name: 'roll-up by hour',
      key: ['org_id', 'environment', 'hour'],
      fields: rollupColumns,
      stored: `SELECT org_id, environment, hour, ${rollupColumns.join(', ')} FROM rollup_hours`,
      recomputed: `SELECT org_id, environment, ${floorTo('started_at', hour)} AS hour, ${rollupSums}
        FROM sessions GROUP BY 1, 2, 3`,
    },
    {
      name: 'roll-up by agent and day',
      key: ['org_id', 'environment', 'day', 'agent_id'],
      fields: rollupColumns,
      stored: `SELECT org_id, environment, day, agent_id, ${rollupColumns.join(', ')} FROM rollup_agent_days`,
      recomputed: `SELECT org_id, environment, ${floorTo('started_at', day)} AS day,
          coalesce(agent_id, '') AS agent_id, ${rollupSums}
        FROM sessions GROUP BY 1, 2, 3, 4`,
    },
  ];
}

/** Depth and root as its parent says; while a tree moves, and under a deleted parent, as they are. */
function placeCheck({ owner, ofSession, otherSessions }: VerifyDialect): TableCheck {
  const moved = 'EXISTS (SELECT 1 FROM reroots)';
  return {
    name: 'place in the tree',
    key: owner,
    fields: ['depth', 'other_root'],
    stored: `SELECT ${ofSession}, depth, 0 AS other_root FROM sessions AS s`,
    recomputed: `SELECT ${ofSession},
          CASE WHEN s.parent_session_id IS NULL THEN 0
            WHEN p.id IS NULL AND ${noneDeleted} THEN 1
            WHEN p.id IS NULL OR ${moved} THEN s.depth
            ELSE p.depth + 1 END AS depth,
          ${flag(`s.root_session_id <> CASE WHEN s.parent_session_id IS NULL THEN s.id
            WHEN p.id IS NULL AND ${noneDeleted} THEN s.parent_session_id
            WHEN p.id IS NULL OR ${moved} THEN s.root_session_id
            ELSE p.root_session_id END`)} AS other_root
        FROM sessions AS s LEFT JOIN ${otherSessions} AS p ON p.org_id = s.org_id AND p.id = s.parent_session_id`,
  };
}

/** What else is kept of sessions: days, agents, tags, and their place in search and feed. */
function derivedChecks(dialect: VerifyDialect): readonly TableCheck[] {
  const { owner, ofSession, joins } = dialect;
  return [
    {
      name: 'spent by day',
      key: ['org_id', 'environment', 'day', 'agent_id'],
      fields: ['total_cost', 'step_count'],
      stored: `SELECT org_id, environment, day, agent_id, sum(total_cost) AS total_cost, sum(step_count) AS step_count
        FROM day_totals GROUP BY 1, 2, 3, 4`,
      recomputed: `SELECT s.org_id, s.environment, ${floorTo('e.started_at', day)} AS day,
          coalesce(s.agent_id, '') AS agent_id, sum(coalesce(e.cost, 0)) AS total_cost,
          count(*) FILTER (WHERE ${isStep}) AS step_count
        FROM events AS e JOIN sessions AS s ON ${joins('e')} WHERE ${counted} GROUP BY 1, 2, 3, 4`,
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
      stored: `SELECT t.org_id, s.id AS session_id, t.key, t.value, 1 AS tags FROM session_tags AS t
        LEFT JOIN sessions AS s ON ${joins('t')} AND s.started_at = t.started_at`,
      recomputed: `SELECT s.org_id, s.id AS session_id, t.key, t.value, 1 AS tags
        FROM sessions AS s, ${dialect.tagPairs} WHERE s.tags IS NOT NULL`,
    },
    {
      name: 'live feed',
      key: ['org_id', 'id'],
      fields: ['changes'],
      stored: `SELECT c.org_id, row_id AS id, 1 AS changes FROM changes AS c JOIN organisations AS o ON o.id = c.org_id
        WHERE kind = 'session' AND c.revision <= o.revision
          AND (c.org_id, c.row_id) IN (SELECT org_id, id FROM sessions)`,
      recomputed: 'SELECT org_id, id, 1 AS changes FROM sessions',
    },
    {
      name: 'search',
      key: owner,
      fields: ['indexed'],
      stored: dialect.indexed,
      recomputed: `SELECT ${ofSession}, 1 AS indexed FROM sessions AS s WHERE goal_words <> ''`,
    },
    ...['events', 'senders'].map((table) => orphanCheck(table, dialect)),
  ];
}

function orphanCheck(table: string, { owner, ofSession, joins }: VerifyDialect): TableCheck {
  const ofRow = owner.map((name) => `r.${name}`).join(', ');
  return {
    name: 'rows of sessions that are gone',
    key: owner,
    fields: ['orphans'],
    stored: `SELECT ${ofRow}, count(*) AS orphans FROM ${table} AS r
      LEFT JOIN sessions AS s ON ${joins('r')} WHERE s.status IS NULL GROUP BY ${ofRow}`,
    recomputed: `SELECT ${ofSession}, 0 AS orphans FROM sessions AS s WHERE false`,
  };
}

function sumOf(value: string, condition: string): string {
  return `coalesce(sum(${value}) FILTER (WHERE ${condition}), 0)`;
}

/** A condition as a figure; what is not known is 0. */
function flag(condition: string): string {
  return `CASE WHEN ${condition} THEN 1 ELSE 0 END`;
}

/** Rounds down, below zero too: the remainder of a negative number is negative in SQL. */
function floorTo(column: string, unit: number): string {
  return `(${column} - ((${column} % ${unit}) + ${unit}) % ${unit})`;
}
