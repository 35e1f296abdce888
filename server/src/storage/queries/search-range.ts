import { sql } from 'kysely';
import type { ListRequest } from '../session-reader.ts';
import { wordConditions } from './goal-match.ts';
import { afterConditions, directionOf, isByArrival, valueOf, type Place } from './list-order.ts';
import { rootConditions } from './list-roots.ts';
import type { ListedSql, ReadStretch, Stretch } from './list-sessions.ts';
import { allOf, type Sql } from './runner.ts';
import { sessionConditions, type ConditionContext } from './session-conditions.ts';
import { summaryColumns } from './summary-rows.ts';

/** Sessions of a range looked through at once. */
const walkedRows = 2_500;

/** Stretches of them for one page at most. */
const walksPerPage = 4;

/** Hits in the first stretch from which on the next ones are looked through too. */
const denseHits = 10;

/** Whether a list is a search over a range, in the order of the starts. */
export function isRangeSearch(request: ListRequest): boolean {
  const { filter, sort } = request;
  return filter.words !== undefined && sort.endsWith('started_at') && !isByArrival(request);
}

/**
 * Looks through the range itself, in its order, as long as the words are not rare there: the index gives hits by
 * arrival, of which a common word has any number outside of the range.
 */
export function searchRange(
  context: ConditionContext,
  request: ListRequest,
  step: number,
  byIndex: ReadStretch,
): ReadStretch {
  let isDense: boolean | null = null;
  return async (last) => {
    if (isDense === false) return byIndex(last);
    const stretch = await walkRange(context, request, last, step);
    isDense ??= stretch.next === null || stretch.found.length >= Math.min(denseHits, step);
    return isDense ? stretch : byIndex(last);
  };
}

async function walkRange(
  context: ConditionContext,
  request: ListRequest,
  last: Place | null,
  step: number,
): Promise<Stretch> {
  const { runner, orgId } = context;
  const { owner, join } = runner.flavour;
  const { rootOnly, words = [], fromMs, toMs, ...rest } = request.filter;
  const key = sql.ref(`s.${owner.of}`);
  const value = valueOf(context, request);
  const order = sql`${value} ${directionOf(request)}, s.id ${directionOf(request)}`;
  const inRange = allOf([
    ...sessionConditions({ fromMs, toMs }, context),
    ...afterConditions(context, request, last),
  ]);
  const walked = (columns: Sql) =>
    sql`select ${columns} from sessions as s where ${inRange} order by ${order} limit ${walkedRows}`;
  const conditions = sessionConditions(rest, context);
  if (rootOnly === true) conditions.push(...rootConditions(context, request.filter));
  conditions.push(...wordConditions(runner, 's', words));
  const found = await runner.rows<ListedSql>(
    sql`select ${summaryColumns}, ${value} as sort_value
      from (${walked(sql`${key} as walked_key`)}) as w
      ${join} sessions as s on s.org_id = ${runner.id(orgId)} and ${key} = w.walked_key
      where ${allOf(conditions)} order by ${order} limit ${step}`,
  );
  const share = 1 / walksPerPage;
  if (found.length === step) return { found, next: found.at(-1) ?? null, share };
  const back = request.sort.startsWith('-') ? sql`asc` : sql`desc`;
  const [end] = await runner.rows<Place & { readonly walked: number }>(
    sql`select w.sort_value, w.id, count(*) over () as walked from (${walked(sql`${value} as sort_value, s.id`)}) as w
      order by w.sort_value ${back}, w.id ${back} limit 1`,
  );
  return { found, next: end?.walked === walkedRows ? end : null, share };
}
