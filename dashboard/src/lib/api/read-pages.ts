import { apiGet, type Query } from './api-fetch.ts';

/** The longest page the API gives. */
const pageSize = 500;

/** More pages than these are not read for one list: who sees it is told. */
const mostPages = 10;

/** What was read of a list, and whether there is more of it. */
export interface ReadPages<T> {
  readonly items: readonly T[];
  readonly more: boolean;
}

/** Reads a list page by page, up to 5,000 items. */
export async function readPages<T>(
  path: string,
  signal: AbortSignal,
  filter: Query = {},
): Promise<ReadPages<T>> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const query = { ...filter, limit: pageSize, cursor };
    const read = await apiGet<{ items: T[]; next_cursor: string | null }>(path, query, signal);
    items.push(...read.items);
    if (read.next_cursor === null) return { items, more: false };
    cursor = read.next_cursor;
  }
  return { items, more: true };
}
