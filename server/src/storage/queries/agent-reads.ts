import type { AgentOverride } from '@niitaka/core/agent/agent-status.ts';
import { sql } from 'kysely';
import type { AgentListRequest, AgentRow } from '../agent-rows.ts';
import type { AgentReader } from '../agent-tx.ts';
import { agentFigures } from './agent-figures.ts';
import { rollupConditions } from './range-totals.ts';
import { allOf, firstRow, type Runner, type Sql } from './runner.ts';

type Part = Pick<AgentReader, 'agents' | 'agent' | 'agentFigures' | 'oldestAgentDay'>;

interface AgentSql {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly status_override: AgentOverride | null;
  readonly created_at: bigint;
  readonly session_count: bigint;
  readonly last_started_at: bigint | null;
  readonly active_version: bigint | null;
}

/** Reads of agents, and of their figures. */
export function agentReads(runner: Runner): Part {
  return {
    agentFigures: (orgId, request) => agentFigures(runner, orgId, request),
    async agents(orgId, request) {
      const rows = await runner.all<AgentSql>(
        sql`${agentsOf(runner, orgId)} and ${allOf(listConditions(runner, orgId, request))}
          order by a.id limit ${request.limit}`,
      );
      return rows.map(agentOf);
    },
    async agent(orgId, id) {
      const row = await firstRow<AgentSql>(
        runner,
        sql`${agentsOf(runner, orgId)} and a.id = ${id}`,
      );
      return row === undefined ? null : agentOf(row);
    },
    async oldestAgentDay(orgId, agentId, { fromMs = null, toMs = null, environments }) {
      const days = { fromMs: fromMs === null ? null : floorDay(fromMs), toMs };
      const conditions = allOf(rollupConditions(runner, orgId, { environments }, 'day', days));
      const row = await firstRow<{ day: bigint | null }>(
        runner,
        sql`select min(day) as day from rollup_agent_days
          where ${conditions} and agent_id = ${agentId} and sessions > 0`,
      );
      return row === undefined || row.day === null ? null : Number(row.day);
    },
  };
}

const dayMs = 86_400_000;

function floorDay(ms: number): number {
  return Math.floor(ms / dayMs) * dayMs;
}

function agentsOf(runner: Runner, orgId: string): Sql {
  return sql`select a.id, a.name, a.description, a.status_override, a.created_at, a.session_count, a.last_started_at,
      v.number as active_version
    from agents as a left join agent_versions as v
      on v.org_id = a.org_id and v.agent_id = a.id and v.state = 'active'
    where a.org_id = ${runner.id(orgId)}`;
}

function listConditions(
  runner: Runner,
  orgId: string,
  { afterId, includesArchived, environments }: AgentListRequest,
): Sql[] {
  const conditions: Sql[] = [sql`true`];
  if (afterId !== null) conditions.push(sql`a.id > ${afterId}`);
  if (!includesArchived) {
    conditions.push(sql`(a.status_override is null or a.status_override <> 'archived')`);
  }
  if (environments !== undefined) {
    conditions.push(sql`(a.session_count = 0 or exists (select 1 from rollup_agent_days as r
      where r.org_id = ${runner.id(orgId)} and r.agent_id = a.id and r.sessions > 0
        and r.environment in (${sql.join(environments)})))`);
  }
  return conditions;
}

function agentOf(row: AgentSql): AgentRow {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    statusOverride: row.status_override,
    createdAtMs: Number(row.created_at),
    sessionCount: Number(row.session_count),
    lastStartedAtMs: row.last_started_at === null ? null : Number(row.last_started_at),
    activeVersion: row.active_version === null ? null : Number(row.active_version),
  };
}
