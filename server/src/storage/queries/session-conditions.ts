import type { SessionStatus } from '@niitaka/core/session/session.ts';
import { quietAfterMs, type SessionFilter } from '@niitaka/core/session/session-filter.ts';
import { sql } from 'kysely';
import type { Runner, Sql } from './runner.ts';

/** What conditions are written for: an organisation, a moment, the alias of `sessions`. */
export interface ConditionContext {
  readonly runner: Runner;
  readonly orgId: string;
  readonly nowMs: number;
  readonly alias: string;
  /** The tag of the filter is on few sessions: they are found by it. */
  readonly tagIsRare?: boolean;
}

/** Sessions with one tag up to which the tag leads to them, instead of being looked up for each. */
const rareTag = 2_000;

/** The context for a filter; asks whether its tag is rare. */
export async function contextFor(
  runner: Runner,
  orgId: string,
  { tag }: SessionFilter,
  nowMs: number,
): Promise<ConditionContext> {
  const context = { runner, orgId, nowMs, alias: 's' };
  if (tag === undefined) return context;
  const rows = await runner.all<{ count: bigint }>(
    sql`select count(*) as count from (select 1 from session_tags where org_id = ${runner.id(orgId)}
      and key = ${tag.key} and value = ${tag.value} limit ${rareTag + 1}) as counted`,
  );
  return { ...context, tagIsRare: Number(rows[0]?.count ?? 0n) <= rareTag };
}

/** The conditions of a filter on `sessions` but search and `rootOnly`, which shape the query around them. */
export function sessionConditions(filter: SessionFilter, context: ConditionContext): Sql[] {
  const { runner, orgId } = context;
  const column = columnsOf(context.alias);
  const conditions: Sql[] = [
    sql`${column('org_id')} = ${runner.id(orgId)}`,
    runner.inTime(column('session_key')),
  ];
  const add = (condition: Sql | null) => {
    if (condition !== null) conditions.push(condition);
  };
  const anyOf = (name: string, values: readonly string[] | undefined) => {
    if (values !== undefined) add(isOneOf(column(name), values));
  };
  const atLeast = (name: string, value: number | bigint | undefined) => {
    if (value !== undefined) add(sql`${column(name)} >= ${value}`);
  };
  const atMost = (name: string, value: number | bigint | undefined) => {
    if (value !== undefined) add(sql`${column(name)} <= ${value}`);
  };
  anyOf('environment', filter.environments);
  atLeast('started_at', filter.fromMs);
  if (filter.toMs !== undefined) add(sql`${column('started_at')} < ${filter.toMs}`);
  if (filter.statuses !== undefined) add(statusCondition(column('status'), filter.statuses));
  anyOf('agent_id', filter.agentIds);
  if (filter.parentSessionId !== undefined) {
    add(sql`${column('parent_session_id')} = ${runner.id(filter.parentSessionId)}`);
  }
  add(flag(filter.hasErrors, sql`${column('error_count')} > 0`, sql`${column('error_count')} = 0`));
  const completed = column('goal_completed');
  add(flag(filter.goalCompleted, sql`${completed} = 1`, sql`${completed} = 0`));
  atLeast('score', filter.minScore);
  atMost('score', filter.maxScore);
  atLeast('total_cost', filter.minCostNanoUsd);
  atMost('total_cost', filter.maxCostNanoUsd);
  for (const condition of durationConditions(filter, context)) add(condition);
  anyOf('experiment_id', filter.experimentIds);
  anyOf('variant', filter.variants);
  anyOf('user_id', filter.userIds);
  anyOf('conversation_id', filter.conversationIds);
  add(tagCondition(filter, context));
  add(flag(filter.incomplete, sql`${column('incomplete')} = 1`, sql`${column('incomplete')} = 0`));
  add(quietCondition(filter, context));
  return conditions;
}

/** A running session's duration is what has passed; no duration is negative. */
export function durationOf(alias: string, nowMs: number): Sql {
  const column = columnsOf(alias);
  return sql`(coalesce(${column('ended_at')}, ${nowMs}) - ${column('started_at')})`;
}

/** Whether a filter says no more than environment and range: what roll-ups can answer. */
export function isPlainFilter(filter: SessionFilter): boolean {
  const { fromMs: _from, toMs: _to, environments: _environments, ...rest } = filter;
  return Object.values(rest).every((value) => value === undefined);
}

/** Columns of `sessions` under an alias. */
export function columnsOf(alias: string): (name: string) => Sql {
  return (name) => sql.ref(`${alias}.${name}`);
}

function durationConditions(filter: SessionFilter, { alias, nowMs }: ConditionContext): Sql[] {
  const conditions: Sql[] = [];
  const duration = durationOf(alias, nowMs);
  if (filter.minDurationMs !== undefined) {
    conditions.push(sql`${duration} >= ${filter.minDurationMs}`);
  }
  if (filter.maxDurationMs !== undefined) {
    conditions.push(sql`${duration} <= ${filter.maxDurationMs}`);
  }
  return conditions;
}

function tagCondition(
  filter: SessionFilter,
  { runner, orgId, alias, tagIsRare }: ConditionContext,
): Sql | null {
  if (filter.tag === undefined) return null;
  const { key, value } = filter.tag;
  const { owner, finds } = runner.flavour;
  const column = columnsOf(alias);
  if (tagIsRare === true) {
    return sql`${column(owner.of)} in (select ${sql.ref(owner.column)} from session_tags
      where org_id = ${runner.id(orgId)} and key = ${key} and value = ${value})`;
  }
  return finds(sql`select 1 from session_tags as t where t.org_id = ${runner.id(orgId)}
    and t.key = ${key} and t.value = ${value} and t.started_at = ${column('started_at')}
    and ${sql.ref(`t.${owner.column}`)} = ${column(owner.of)}`);
}

function quietCondition(filter: SessionFilter, { alias, nowMs }: ConditionContext): Sql | null {
  const column = columnsOf(alias);
  const quiet = sql`(${column('status')} = 'running' and
    coalesce(${column('last_event_at')}, ${column('started_at')}) < ${nowMs - quietAfterMs})`;
  return flag(filter.quiet, quiet, sql`not ${quiet}`);
}

function flag(value: boolean | undefined, whenTrue: Sql, whenFalse: Sql): Sql | null {
  if (value === undefined) return null;
  return value ? whenTrue : whenFalse;
}

function isOneOf(column: Sql, values: readonly string[]): Sql {
  const [only] = values;
  if (only === undefined) return sql`false`;
  return values.length === 1 ? sql`${column} = ${only}` : sql`${column} in (${sql.join(values)})`;
}

/** Written out, so that the index of running sessions serves. */
function statusCondition(column: Sql, statuses: readonly SessionStatus[]): Sql {
  const [only] = statuses;
  if (only === undefined) return sql`false`;
  if (statuses.length === 1) return sql`${column} = ${sql.lit(only)}`;
  return sql`${column} in (${sql.join(statuses.map((status) => sql.lit(status)))})`;
}
