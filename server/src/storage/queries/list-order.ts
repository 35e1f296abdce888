import type { SessionSort } from '@niitaka/core/session/session-filter.ts';
import { sql } from 'kysely';
import type { ListRequest } from '../session-reader.ts';
import type { Sql } from './runner.ts';
import { columnsOf, durationOf, type ConditionContext } from './session-conditions.ts';

/** A place in a list: what its row is sorted by, and its id as the engine keeps it. */
export interface Place {
  readonly sort_value: number;
  readonly id: unknown;
}

/** What the rows of a list are put in order by. */
export function valueOf(context: ConditionContext, request: ListRequest): Sql {
  return isByArrival(request) ? context.runner.flavour.arrival : sortValue(request.sort, context);
}

/** Down or up. */
export function directionOf({ sort }: ListRequest): Sql {
  return sort.startsWith('-') ? sql`desc` : sql`asc`;
}

/** Without a range and in the usual order a search gives the newest arrival first (S11). */
export function isByArrival({ filter, sort }: ListRequest): boolean {
  const { words, fromMs, toMs } = filter;
  return (
    words !== undefined && sort === '-started_at' && fromMs === undefined && toMs === undefined
  );
}

/** What comes after a place, or after the one that was asked for. */
export function afterConditions(
  context: ConditionContext,
  request: ListRequest,
  last: Place | null,
): Sql[] {
  const { runner } = context;
  const { after, sort } = request;
  if (last === null && after === null) return [];
  const lastValue = last?.sort_value ?? after?.value ?? 0;
  if (isByArrival(request)) return [sql`${runner.flavour.arrival} < ${lastValue}`];
  const id = last?.id ?? runner.id(after?.id ?? '');
  const value = valueOf(context, request);
  return [
    sort.startsWith('-')
      ? sql`(${value}, s.id) < (${lastValue}, ${id})`
      : sql`(${value}, s.id) > (${lastValue}, ${id})`,
  ];
}

function sortValue(sort: SessionSort, context: ConditionContext): Sql {
  const column = columnsOf(context.alias);
  if (sort.endsWith('cost')) return column('total_cost');
  if (sort.endsWith('errors')) return column('error_count');
  if (sort.endsWith('duration')) return durationOf(context.alias, context.nowMs);
  return column('started_at');
}
