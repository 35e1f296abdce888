import type { SessionFilter } from '@niitaka/core/session/session-filter.ts';
import { sql } from 'kysely';
import type { ListPosition, ListRequest, SummaryPage } from '../session-reader.ts';
import { longWordConditions } from './goal-match.ts';
import { afterConditions, directionOf, isByArrival, valueOf, type Place } from './list-order.ts';
import { keepRoots, rootConditions, type MatchedTrees } from './list-roots.ts';
import { allOf, type Runner, type Sql } from './runner.ts';
import { isRangeSearch, searchRange } from './search-range.ts';
import { contextFor, sessionConditions, type ConditionContext } from './session-conditions.ts';
import { readRow, summariesOf, summaryColumns, type SummarySql } from './summary-rows.ts';

/** Rows that a sort other than by time gives; beyond them a narrower filter is wanted. */
export const sortedRows = 10_000;

/** Hits of a search that are put in another order than arrival. */
export const orderedHits = 10_000;

/** Rows looked at for one page of roots at most: the page may then be short, and its cursor leads on. */
const examinedRows = 5_000;

/** A row of a list with what it is sorted by. */
export interface ListedSql extends SummarySql, Place {
  readonly id: SummarySql['id'];
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
  const limit = isByTime ? request.limit : Math.min(request.limit, sortedRows - depth);
  if (limit <= 0 || request.filter.words?.length === 0) return { items: [], next: null };
  const context = await contextFor(runner, orgId, request.filter, nowMs);
  const { rows, last } = await readRows(context, { ...request, limit });
  const items = await summariesOf(
    runner,
    orgId,
    rows.map(({ row }) => readRow(row)),
    request.nowMs,
  );
  const shown = items.map((item, index) => ({
    ...item,
    matchedDescendants: rows[index]?.matchedDescendants ?? null,
  }));
  if (last === null) return { items: shown, next: null };
  const next: ListPosition = {
    value: last.sort_value,
    id: runner.uuid(last.id),
    depth: depth + rows.length,
    nowMs,
  };
  return { items: shown, next: !isByTime && next.depth >= sortedRows ? null : next };
}

/** A row to show, and for a root that stands for others how many below it match. */
export interface ShownRow {
  readonly row: SummarySql;
  readonly matchedDescendants: number | null;
}

/** A stretch of a list: the rows found, and where the next one begins, null at the end. */
export interface Stretch {
  readonly found: readonly ListedSql[];
  readonly next: Place | null;
  /** The part that it is of what may be looked at for one page. */
  readonly share: number;
}

/** Reads the stretch after a place. */
export type ReadStretch = (last: Place | null) => Promise<Stretch>;

/** The rows of one page, and the last place looked at where there are more. */
async function readRows(
  context: ConditionContext,
  request: ListRequest,
): Promise<{ rows: ShownRow[]; last: Place | null }> {
  const { filter, limit } = request;
  const rows: ShownRow[] = [];
  const trees: MatchedTrees = new Map();
  const read = stretchesOf(context, request, limit + (filter.rootOnly === true ? 20 : 1));
  let last: Place | null = null;
  for (let spent = 0; spent < 1;) {
    const { found, next, share } = await read(last);
    const kept =
      filter.rootOnly === true
        ? await keepRoots(context, filter, isByArrival(request), found, trees)
        : found.map((listed) => ({ listed, row: listed, matchedDescendants: null }));
    for (const { listed, ...shown } of kept) {
      if (rows.length === limit) return { rows, last };
      rows.push(shown);
      last = listed;
    }
    last = next;
    if (next === null) break;
    spent += share;
  }
  return { rows, last };
}

function stretchesOf(context: ConditionContext, request: ListRequest, step: number): ReadStretch {
  const byIndex: ReadStretch = async (last) => {
    const found = await context.runner.rows<ListedSql>(listQuery(context, request, last, step));
    const next = found.length < step ? null : (found.at(-1) ?? null);
    return { found, next, share: step / examinedRows };
  };
  return isRangeSearch(request) ? searchRange(context, request, step, byIndex) : byIndex;
}

function listQuery(
  context: ConditionContext,
  request: ListRequest,
  last: Place | null,
  limit: number,
): Sql {
  const { filter, sort } = request;
  const { runner, orgId } = context;
  const { rootOnly, words, ...rest } = filter;
  const arrival = isByArrival(request);
  const value = valueOf(context, request);
  const direction = directionOf(request);
  const conditions = sessionConditions(rest, context);
  if (rootOnly === true) conditions.push(...rootConditions(context, filter));
  conditions.push(...longWordConditions(runner, 's', words ?? []));
  conditions.push(...afterConditions(context, request, last));
  const order = arrival ? sql`${value} desc` : sql`${value} ${direction}, s.id ${direction}`;
  const from = source(context, words, arrival);
  if (arrival || (words === undefined && sort.endsWith('started_at'))) {
    return sql`select ${summaryColumns}, ${value} as sort_value from ${from}
      where ${allOf(conditions)} order by ${order} limit ${limit}`;
  }
  // What an index does not give in order is put in order by key; whole rows are read for the page alone.
  const { join, owner } = runner.flavour;
  const key = sql.ref(`s.${owner.of}`);
  const page = sql`select ${key} as page_key, ${value} as sort_value from ${from}
    where ${allOf(conditions)} order by ${order} limit ${limit}`;
  return sql`select ${summaryColumns}, p.sort_value from (${page}) as p
    ${join} sessions as s on s.org_id = ${runner.id(orgId)} and ${key} = p.page_key
    order by p.sort_value ${direction}, s.id ${direction}`;
}

/** All sessions, or those whose goal matches: by arrival as the index gives them, else a bounded number to sort. */
function source(
  { runner, orgId }: ConditionContext,
  words: readonly string[] | undefined,
  isArrival: boolean,
): Sql {
  if (words === undefined) return sql`sessions as s`;
  const { hits, newestHits } = runner.flavour;
  return isArrival ? hits(orgId, words) : newestHits(orgId, words, orderedHits);
}

/** Conditions of figures over a range; with `rootOnly` of roots alone. */
export function listConditions(filter: SessionFilter, context: ConditionContext): Sql[] {
  const { rootOnly, ...rest } = filter;
  const conditions = sessionConditions(rest, context);
  conditions.push(...longWordConditions(context.runner, 's', filter.words ?? []));
  if (rootOnly === true) conditions.push(sql`s.parent_session_id is null`);
  return conditions;
}
