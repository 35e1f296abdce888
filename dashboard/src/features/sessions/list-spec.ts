import type { Query } from '../../lib/api/api-fetch.ts';
import { withoutDrawer } from '../../lib/url/drawer-search.ts';
import { stringifySearchParams, type SearchParams } from '../../lib/url/search-params.ts';
import { apiQueryOf } from './filters/api-query.ts';
import { rangeOf } from '../../lib/url/range.ts';
import { filtersOf, isFiltered, sortOf } from './filters/session-filters.ts';
import type { ListQuery } from './list/session-list-store.ts';

/** All that the URL says of the list, at one moment. */
export interface ListSpec extends ListQuery {
  /** Names the list: equal for the same list, whatever session is open. */
  readonly key: string;
  /** Names what tiles and bars count: the order of the list does not matter to them. */
  readonly figuresKey: string;
  readonly figuresQuery: Query;
}

/** Reads the list's query out of the URL; relative ranges end now. */
export function listSpec(search: SearchParams, nowMs: number): ListSpec {
  const filters = filtersOf(search);
  const range = rangeOf(search, nowMs);
  const sort = sortOf(search);
  const query = apiQueryOf(filters, range);
  const list = withoutDrawer(search);
  const to = new Date(range.toMs ?? nowMs).toISOString();
  return {
    key: stringifySearchParams(sorted(list)),
    figuresKey: stringifySearchParams(sorted({ ...list, sort: undefined, root: undefined })),
    query: { ...query, sort },
    figuresQuery: { ...query, to },
    filters,
    range,
    sort,
    rootId: search['root'] ?? null,
    filtered: isFiltered(search),
  };
}

/** The same at this moment. */
export function listSpecNow(search: SearchParams): ListSpec {
  return listSpec(search, Date.now());
}

function sorted(search: SearchParams): SearchParams {
  return Object.fromEntries(Object.entries(search).sort(([a], [b]) => a.localeCompare(b)));
}
