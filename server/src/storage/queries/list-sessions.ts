import type { SessionFilter, SessionSort } from '@niitaka/core/session/session-filter.ts';
import { sql } from 'kysely';
import type { ListPosition, ListRequest, SessionSummary, SummaryPage } from '../session-reader.ts';
import { goalMatch } from './goal-match.ts';
import { allOf, toNumber, type Runner, type Sql } from './runner.ts';
import {
  columnsOf,
  durationOf,
  isPlainFilter,
  sessionConditions,
  type ConditionContext,
} from './session-conditions.ts';
import { summariesOf, summaryColumns, type SummarySql } from './summary-rows.ts';

/** Rows that a sort other than by time gives; beyond them a narrower filter is wanted. */
export const sortedRows = 10_000;

/** Hits of a search that are put in another order than arrival. */
export const orderedHits = 10_000;

interface ListedSql extends SummarySql {
  readonly sort_value: bigint;
}

/** One page of a list, by keyset: what arrives meanwhile moves no row from one page to another. */
export async function listSessions(
  runner: Runner,
  orgId: string,
  request: ListRequest,
): Promise<SummaryPage> {
  const nowMs = request.after?.nowMs ?? request.nowMs;
  const depth = request.after?.depth ?? 0;
  const isByTime = request.sort.endsWith('started_at');
  const left = isByTime ? request.limit : Math.min(request.limit, sortedRows - depth);
  if (left <= 0 || request.filter.words?.length === 0) return { items: [], next: null };
  const context = { runner, orgId, nowMs, alias: 's' };
  const rows = await runner.all<ListedSql>(listQuery(context, request, left + 1));
  const page = rows.slice(0, left);
  const items = await summariesOf(runner, orgId, page, request.nowMs);
  const last = page.at(-1);
  const isFull = rows.length > left && last !== undefined;
  const shown = await liftToRoots(context, request, items);
  if (!isFull) return { items: shown, next: null };
  const next: ListPosition = {
    value: toNumber(last.sort_value),
    id: runner.uuid(last.id),
    depth: depth + page.length,
    nowMs,
  };
  return { items: shown, next: !isByTime && next.depth >= sortedRows ? null : next };
}

/** Conditions of a filter with `rootOnly`: plain ones show roots, others the newest match of each tree. */
export function listConditions(filter: SessionFilter, context: ConditionContext): Sql[] {
  const { rootOnly, ...rest } = filter;
  const conditions = sessionConditions(rest, context);
  if (rootOnly !== true) return conditions;
  return [...conditions, isPlainFilter(rest) ? isTopmost(context) : isNewestMatch(rest, context)];
}

function listQuery(context: ConditionContext, request: ListRequest, limit: number): Sql {
  const { filter, sort } = request;
  const search = filter.words;
  const isArrival =
    search !== undefined &&
    sort === '-started_at' &&
    filter.fromMs === undefined &&
    filter.toMs === undefined;
  const value = isArrival ? sql.ref('s.session_key') : sortValue(sort, context);
  const direction = sort.startsWith('-') ? sql`desc` : sql`asc`;
  const conditions = listConditions(filter, context);
  if (request.after !== null) conditions.push(afterPosition(context, request.after, value, sort));
  const order = isArrival ? sql`${value} desc` : sql`${value} ${direction}, s.id ${direction}`;
  return sql`select ${summaryColumns('s')}, ${value} as sort_value from ${source(context, search, isArrival)}
    where ${allOf(conditions)} order by ${order} limit ${limit}`;
}

/** All sessions, or those whose goal matches: by arrival as the index gives them, else a bounded number to sort. */
function source(
  { orgId }: ConditionContext,
  words: readonly string[] | undefined,
  isArrival: boolean,
): Sql {
  if (words === undefined) return sql`sessions as s`;
  const match = goalMatch(orgId, words);
  if (isArrival) {
    return sql`goal_search as g cross join sessions as s on s.session_key = g.rowid and g.goal_search match ${match}`;
  }
  return sql`(select rowid as hit from goal_search where goal_search match ${match}
    order by rowid desc limit ${orderedHits}) as g cross join sessions as s on s.session_key = g.hit`;
}

function sortValue(sort: SessionSort, context: ConditionContext): Sql {
  const column = columnsOf(context.alias);
  if (sort.endsWith('cost')) return column('total_cost');
  if (sort.endsWith('errors')) return column('error_count');
  if (sort.endsWith('duration')) return durationOf(context.alias, context.nowMs);
  return column('started_at');
}

function afterPosition(
  { runner }: ConditionContext,
  after: ListPosition,
  value: Sql,
  sort: SessionSort,
): Sql {
  const id = runner.id(after.id);
  const isDescending = sort.startsWith('-');
  return isDescending
    ? sql`(${value}, s.id) < (${after.value}, ${id})`
    : sql`(${value}, s.id) > (${after.value}, ${id})`;
}

/** A root, or a child whose parent has not arrived: nothing above it can be shown. */
function isTopmost({ runner, orgId, alias }: ConditionContext): Sql {
  const parent = sql.ref(`${alias}.parent_session_id`);
  return sql`(${parent} is null or not exists (
    select 1 from sessions as p where p.org_id = ${runner.id(orgId)} and p.id = ${parent}))`;
}

/** No newer session of the same tree matches: the tree stands where its newest match stands. */
function isNewestMatch(filter: SessionFilter, context: ConditionContext): Sql {
  const { words: _words, ...rest } = filter;
  const inner = sessionConditions(rest, { ...context, alias: 'n' });
  const matched = filter.words === undefined ? [] : [wordsCondition(context, filter.words, 'n')];
  return sql`not exists (select 1 from sessions as n where ${allOf([...inner, ...matched])}
    and n.root_session_id = s.root_session_id and (n.started_at, n.id) > (s.started_at, s.id))`;
}

function wordsCondition({ orgId }: ConditionContext, words: readonly string[], alias: string): Sql {
  const match = goalMatch(orgId, words);
  return sql`${sql.ref(`${alias}.session_key`)} in
    (select rowid from goal_search where goal_search match ${match})`;
}

/** With `rootOnly` and a filter, each match gives way to its root, with the number of matches below it. */
async function liftToRoots(
  context: ConditionContext,
  request: ListRequest,
  items: readonly SessionSummary[],
): Promise<readonly SessionSummary[]> {
  const { rootOnly, ...rest } = request.filter;
  if (rootOnly !== true || isPlainFilter(rest)) return items;
  const { runner, orgId } = context;
  const lifted: SessionSummary[] = [];
  for (const item of items) {
    const root = runner.id(item.session.rootSessionId);
    const [rootRow] = await runner.all<SummarySql>(
      sql`select ${summaryColumns('s')} from sessions as s where s.org_id = ${runner.id(orgId)} and s.id = ${root}`,
    );
    const [summary] =
      rootRow === undefined ? [item] : await summariesOf(runner, orgId, [rootRow], request.nowMs);
    lifted.push({
      ...(summary ?? item),
      matchedDescendants: await countMatches(context, rest, root),
    });
  }
  return lifted;
}

async function countMatches(
  context: ConditionContext,
  filter: SessionFilter,
  root: unknown,
): Promise<number> {
  const conditions = sessionConditions(filter, context);
  if (filter.words !== undefined) conditions.push(wordsCondition(context, filter.words, 's'));
  const [row] = await context.runner.all<{ count: bigint }>(
    sql`select count(*) as count from (select 1 from sessions as s where ${allOf(conditions)}
      and s.root_session_id = ${root} and s.id <> ${root} limit ${sortedRows})`,
  );
  return toNumber(row?.count);
}
