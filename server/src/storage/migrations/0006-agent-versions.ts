/** Steps of the sessions in each bucket, where roll-ups were kept without them. */
export const fillRollupSteps = `INSERT INTO rollup_hours (org_id, environment, hour, step_count, sessions, with_errors, stale, total_cost, late_cost,
    total_tokens, unpriced, incomplete)
  SELECT org_id, environment, started_at - ((started_at % 3600000) + 3600000) % 3600000, sum(step_count),
    0, 0, 0, 0, 0, 0, 0, 0 FROM sessions WHERE true GROUP BY 1, 2, 3
  ON CONFLICT (org_id, environment, hour) DO UPDATE SET step_count = excluded.step_count;
INSERT INTO rollup_agent_days (org_id, environment, day, agent_id, step_count, sessions, with_errors, stale, total_cost,
    late_cost, total_tokens, unpriced, incomplete)
  SELECT org_id, environment, started_at - ((started_at % 86400000) + 86400000) % 86400000, coalesce(agent_id, ''),
    sum(step_count), 0, 0, 0, 0, 0, 0, 0, 0 FROM sessions WHERE true GROUP BY 1, 2, 3, 4
  ON CONFLICT (org_id, environment, day, agent_id) DO UPDATE SET step_count = excluded.step_count;`;

/**
 * Versions of agents; bodies are JSON. What agent pages show: steps in the roll-ups, an agent's days, and its ended
 * sessions by their end. None of these indexes holds a column that moves with every batch.
 */
export const agentVersions = {
  number: 6,
  name: 'agent-versions',
  sqlite: `
CREATE TABLE agent_versions (
  org_id BLOB NOT NULL, agent_id TEXT NOT NULL, number INTEGER NOT NULL, state TEXT NOT NULL, body TEXT NOT NULL,
  author TEXT NOT NULL, created_at INTEGER NOT NULL, activated_at INTEGER, PRIMARY KEY (org_id, agent_id, number)
) WITHOUT ROWID;
CREATE UNIQUE INDEX agent_versions_active ON agent_versions (org_id, agent_id) WHERE state = 'active';

ALTER TABLE rollup_hours ADD COLUMN step_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rollup_agent_days ADD COLUMN step_count INTEGER NOT NULL DEFAULT 0;
${fillRollupSteps}

CREATE INDEX rollup_agent_days_agent ON rollup_agent_days (org_id, agent_id, environment, day);
CREATE INDEX sessions_agent_ended ON sessions
  (org_id, agent_id, ended_at DESC, started_at DESC, id DESC, environment) WHERE ended_at IS NOT NULL;
`,
} as const;
