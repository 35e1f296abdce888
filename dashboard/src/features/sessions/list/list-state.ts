import type { SessionPage, SessionRow } from '@niitaka/protocol/session.ts';

/** One page of roots as it was read; its rows may have been let go since. */
export interface ListPage {
  readonly cursor: string | null;
  readonly ids: readonly string[];
}

/** The loaded part of the list: ids in order, rows by id for what is near the reader. */
export interface ListState {
  readonly pages: readonly ListPage[];
  readonly nextCursor: string | null;
  readonly totalEstimate: number;
  readonly rows: ReadonlyMap<string, SessionRow>;
  /** Rows that came live and are held back, so that nothing moves under the reader. */
  readonly pending: ReadonlySet<string>;
  /** Rows that came live and have just been shown. */
  readonly fresh: ReadonlySet<string>;
}

/** Nothing loaded yet. */
export const emptyList: ListState = {
  pages: [],
  nextCursor: null,
  totalEstimate: 0,
  rows: new Map(),
  pending: new Set(),
  fresh: new Set(),
};

/** Pages around the reader whose rows are kept; those further away are read again when needed. */
export const keptPages = 12;

/** The list read anew from its top; rows of `held` ids, the children of open nodes, are kept. */
export function firstPage(
  page: SessionPage,
  before: ListState = emptyList,
  held: ReadonlySet<string> = new Set(),
): ListState {
  const rows = new Map([...before.rows].filter(([id]) => held.has(id)));
  return appendPage({ ...emptyList, totalEstimate: page.total_estimate, rows }, null, page);
}

/** The list with one more page at its end; ids it already has are left where they stand. */
export function appendPage(state: ListState, cursor: string | null, page: SessionPage): ListState {
  const known = new Set(state.pages.flatMap((loaded) => loaded.ids));
  const ids = page.items.map((row) => row.id).filter((id) => !known.has(id));
  return {
    ...state,
    pages: [...state.pages, { cursor, ids }],
    nextCursor: page.next_cursor,
    rows: withRows(state.rows, page.items),
  };
}

/** Puts rows read again back into the list, where their ids still stand. */
export function restoreRows(state: ListState, rows: readonly SessionRow[]): ListState {
  return { ...state, rows: withRows(state.rows, rows) };
}

/** What came live in one go: changed rows and rows that belong into the list. */
export interface LiveChange {
  readonly changed: readonly SessionRow[];
  readonly arrived: readonly SessionRow[];
  /** Whether arrived rows may be shown at once: the reader is at the top of the newest. */
  readonly show: boolean;
}

/** The list after live changes: rows change in place, new ones come on top or wait. */
export function applyLive(state: ListState, change: LiveChange): ListState {
  const news = change.arrived.filter((row) => !state.rows.has(row.id));
  const rows = withRows(state.rows, [...change.changed, ...(change.show ? news : [])]);
  if (news.length === 0) return { ...state, rows };
  const totalEstimate =
    state.totalEstimate + news.filter((row) => !state.pending.has(row.id)).length;
  if (!change.show) {
    const pending = new Set([...state.pending, ...news.map((row) => row.id)]);
    return { ...state, rows, pending, totalEstimate };
  }
  const [top = { cursor: null, ids: [] }, ...rest] = state.pages;
  const ids = insertNewest(top.ids, news, rows);
  const shown = new Set(news.map((row) => row.id));
  return {
    ...state,
    rows,
    totalEstimate,
    pages: [{ cursor: null, ids }, ...rest],
    pending: new Set([...state.pending].filter((id) => !shown.has(id))),
    fresh: shown,
  };
}

/** The list without one session. */
export function removeRow(state: ListState, id: string): ListState {
  const listed = state.pages.some((page) => page.ids.includes(id));
  if (!listed && !state.pending.has(id)) return state;
  const rows = new Map(state.rows);
  rows.delete(id);
  return {
    ...state,
    rows,
    pages: state.pages.map((page) => ({ ...page, ids: page.ids.filter((other) => other !== id) })),
    pending: new Set([...state.pending].filter((other) => other !== id)),
    totalEstimate: Math.max(0, state.totalEstimate - 1),
  };
}

/** Lets go of the rows of pages far from the one the reader sees; `held` rows stay. */
export function releaseFarRows(
  state: ListState,
  seenPage: number,
  held: ReadonlySet<string>,
): ListState {
  const far = state.pages.filter(
    (_, index) => index > 0 && Math.abs(index - seenPage) > keptPages / 2,
  );
  const gone = far.flatMap((page) => page.ids).filter((id) => state.rows.has(id) && !held.has(id));
  if (gone.length === 0) return state;
  const rows = new Map(state.rows);
  for (const id of gone) rows.delete(id);
  return { ...state, rows };
}

/** The pages with an id whose row is not here. */
export function pagesToRestore(state: ListState, ids: readonly string[]): ListPage[] {
  const missing = new Set(ids.filter((id) => !state.rows.has(id)));
  if (missing.size === 0) return [];
  return state.pages.filter((page) => page.ids.some((id) => missing.has(id)));
}

function withRows(
  rows: ReadonlyMap<string, SessionRow>,
  added: readonly SessionRow[],
): ReadonlyMap<string, SessionRow> {
  if (added.length === 0) return rows;
  const next = new Map(rows);
  for (const row of added) next.set(row.id, row);
  return next;
}

function insertNewest(
  ids: readonly string[],
  news: readonly SessionRow[],
  rows: ReadonlyMap<string, SessionRow>,
): string[] {
  const result = [...ids];
  for (const row of news.toSorted((a, b) => a.started_at.localeCompare(b.started_at))) {
    const at = result.findIndex((id) => (rows.get(id)?.started_at ?? '') <= row.started_at);
    result.splice(at === -1 ? result.length : at, 0, row.id);
  }
  return result;
}
