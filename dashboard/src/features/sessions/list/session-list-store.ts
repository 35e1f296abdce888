import type { SessionPage, SessionRow } from '@niitaka/protocol/session.ts';
import type { Query } from '../../../lib/api/api-fetch.ts';
import { matchRow, type Match } from '../filters/match-row.ts';
import type { Range } from '../../../lib/url/range.ts';
import type { SessionFilters, SessionSort } from '../filters/session-filters.ts';
import { buildDisplayRows, type ChildList, type DisplayRow } from './display-rows.ts';
import {
  appendPage,
  applyLive,
  emptyList,
  firstPage,
  pagesToRestore,
  releaseFarRows,
  removeRow,
  restoreRows,
  type ListState,
} from './list-state.ts';
import { readChildren, readOneRoot, readRoots } from './read-sessions.ts';

const liveEveryMs = 100;
const refreshEveryMs = 2_000;
const topLimit = 400;

/** What one list shows: everything that makes it another list. */
export interface ListQuery {
  readonly query: Query;
  readonly filters: SessionFilters;
  readonly range: Range;
  readonly sort: SessionSort;
  readonly rootId: string | null;
  readonly filtered: boolean;
}

/** What the page draws. */
export interface ListSnapshot {
  readonly phase: 'loading' | 'ready' | 'failed';
  readonly error: unknown;
  readonly list: ListState;
  readonly lines: readonly DisplayRow[];
  readonly expanded: ReadonlySet<string>;
  readonly loadingMore: boolean;
  readonly moreFailed: boolean;
}

/** Holds one list of sessions: pages, open nodes, live changes; tells its listener of each change. */
export class SessionListStore {
  readonly #spec: ListQuery;
  #abort = new AbortController();
  readonly #listeners = new Set<() => void>();
  readonly #queue = new Map<string, SessionRow>();
  #snapshot: ListSnapshot = {
    phase: 'loading',
    error: undefined,
    list: emptyList,
    lines: [],
    expanded: new Set(),
    loadingMore: false,
    moreFailed: false,
  };
  #children: ReadonlyMap<string, ChildList> = new Map();
  #listed = new Set<string>();
  #restoring = new Set<string>();
  #visible: readonly string[] = [];
  #liveTimer: ReturnType<typeof setTimeout> | undefined;
  #refreshTimer: ReturnType<typeof setTimeout> | undefined;
  #mayShow = true;

  constructor(spec: ListQuery) {
    this.#spec = spec;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): ListSnapshot => this.#snapshot;

  /** Begins to read; the returned function ends it. */
  start(): () => void {
    this.#abort = new AbortController();
    void this.reload();
    return () => {
      this.#abort.abort();
      clearTimeout(this.#liveTimer);
      clearTimeout(this.#refreshTimer);
      this.#liveTimer = undefined;
      this.#refreshTimer = undefined;
    };
  }

  /** Reads the list from its top; what is shown stays until the answer is here. */
  async reload(): Promise<void> {
    try {
      const page = await this.#readTop();
      const rootId = this.#spec.rootId;
      const expanded =
        rootId === null ? this.#snapshot.expanded : new Set([rootId, ...this.#snapshot.expanded]);
      this.#setList(firstPage(page, this.#snapshot.list, this.#heldIds()), {
        phase: 'ready',
        error: undefined,
        expanded,
      });
      for (const id of expanded) if (!this.#children.has(id)) void this.#readChildren(id, null);
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.#set(this.#snapshot.phase === 'ready' ? {} : { phase: 'failed', error });
    }
  }

  /** Reads the next page, once at a time. */
  async loadMore(): Promise<void> {
    const { list, loadingMore, phase } = this.#snapshot;
    if (phase !== 'ready' || loadingMore || list.nextCursor === null) return;
    this.#set({ loadingMore: true, moreFailed: false });
    try {
      const page = await readRoots(this.#spec.query, list.nextCursor, this.#abort.signal);
      this.#setList(appendPage(this.#snapshot.list, list.nextCursor, page), { loadingMore: false });
    } catch {
      if (!this.#abort.signal.aborted) this.#set({ loadingMore: false, moreFailed: true });
    }
  }

  /** Says whether new rows may be shown at once; those held back are, as soon as they may. */
  readonly allowShow = (may: boolean): void => {
    this.#mayShow = may;
    if (may && this.#snapshot.list.pending.size > 0) this.showPending();
  };

  /** Shows the rows that were held back: the list is read from its top. */
  readonly showPending = (): void => {
    void this.reload();
  };

  /** Opens a node, reading its children at the first time, or closes it. */
  readonly toggle = (id: string): void => {
    const expanded = new Set(this.#snapshot.expanded);
    if (expanded.delete(id)) return this.#setList(this.#snapshot.list, { expanded });
    expanded.add(id);
    this.#setList(this.#snapshot.list, { expanded });
    if (this.#children.get(id)?.state !== 'ready') void this.#readChildren(id, null);
  };

  /** Reads further children of a node. */
  readonly moreChildren = (id: string): void => {
    void this.#readChildren(id, this.#children.get(id)?.nextCursor ?? null);
  };

  /** Says what the reader sees: far rows are let go, missing ones read again. */
  show(ids: readonly string[], seenPage: number): void {
    this.#visible = ids;
    this.#quietly(releaseFarRows(this.#snapshot.list, seenPage, this.#heldIds()));
    for (const page of pagesToRestore(this.#snapshot.list, ids)) void this.#restore(page.cursor);
  }

  /** Takes a live row; changes are drawn together at most every 100 ms. */
  readonly onSession = (row: SessionRow): void => {
    this.#queue.set(row.id, row);
    this.#liveTimer ??= setTimeout(() => {
      this.#liveTimer = undefined;
      this.#drain();
    }, liveEveryMs);
  };

  readonly onDeleted = (id: string): void => {
    this.#setList(removeRow(this.#snapshot.list, id), {});
  };

  /** Reads the top and what is visible again without moving anything. */
  readonly refreshSoon = (): void => {
    this.#refreshTimer ??= setTimeout(() => {
      this.#refreshTimer = undefined;
      void this.#refresh();
    }, refreshEveryMs);
  };

  /** Children that are shown: their rows stand in no page. */
  #heldIds(): ReadonlySet<string> {
    return new Set([...this.#children.values()].flatMap((list) => list.ids));
  }

  #readTop(): Promise<SessionPage> {
    const { query, rootId } = this.#spec;
    if (rootId !== null) return readOneRoot(rootId, this.#abort.signal);
    return readRoots(query, null, this.#abort.signal);
  }

  async #refresh(): Promise<void> {
    try {
      const page = await this.#readTop();
      this.#apply(page.items);
      const seen = new Set(this.#visible);
      for (const old of this.#snapshot.list.pages) {
        if (old.cursor !== null && old.ids.some((id) => seen.has(id)))
          await this.#restore(old.cursor);
      }
      for (const id of this.#snapshot.expanded) await this.#readChildren(id, null);
    } catch {
      // The light says that the page is not live; the next round tries again.
    }
  }

  async #restore(cursor: string | null): Promise<void> {
    const key = cursor ?? '';
    if (this.#restoring.has(key)) return;
    this.#restoring.add(key);
    try {
      const page = await readRoots(this.#spec.query, cursor, this.#abort.signal);
      this.#quietly(restoreRows(this.#snapshot.list, page.items));
    } catch {
      // The rows stay in outline; scrolling there again asks again.
    } finally {
      this.#restoring.delete(key);
    }
  }

  async #readChildren(id: string, cursor: string | null): Promise<void> {
    const before = this.#children.get(id);
    const kept = cursor === null ? [] : (before?.ids ?? []);
    if (before?.state !== 'ready')
      this.#setChildren(id, { ids: kept, nextCursor: null, state: 'loading' });
    try {
      const page = await readChildren(id, cursor, this.#abort.signal);
      const ids = [...new Set([...kept, ...page.items.map((row) => row.id)])];
      const list = restoreRows(this.#snapshot.list, page.items);
      this.#snapshot = { ...this.#snapshot, list };
      this.#setChildren(id, { ids, nextCursor: page.next_cursor, state: 'ready' });
    } catch {
      if (this.#abort.signal.aborted || before?.state === 'ready') return;
      this.#setChildren(id, { ids: kept, nextCursor: cursor, state: 'failed' });
    }
  }

  #drain(): void {
    const rows = [...this.#queue.values()];
    this.#queue.clear();
    if (this.#snapshot.phase === 'ready') this.#apply(rows);
  }

  #apply(rows: readonly SessionRow[]): void {
    const changed: SessionRow[] = [];
    const arrived: SessionRow[] = [];
    for (const row of rows) {
      if (this.#listed.has(row.id) || this.#snapshot.list.rows.has(row.id)) changed.push(row);
      else if (this.#joins(row) === 'yes') arrived.push(row);
      else if (this.#joins(row) === 'unknown') this.refreshSoon();
      this.#onChild(row);
    }
    const show = this.#mayShow && this.#spec.sort === '-started_at';
    const list = applyLive(this.#snapshot.list, { changed, arrived, show });
    const structural = arrived.length > 0;
    if (structural) this.#setList(list, {});
    else this.#quietly(list);
    if (show && (list.pages[0]?.ids.length ?? 0) > topLimit) void this.reload();
  }

  /** Whether a row that is not listed belongs among the roots. */
  #joins(row: SessionRow): Match {
    if (this.#spec.rootId !== null) return 'no';
    const match = matchRow(row, this.#spec.filters, this.#spec.range);
    if (row.parent_session_id === null) return match;
    const rootShown = this.#listed.has(row.root_session_id);
    return match === 'no' || rootShown || !this.#spec.filtered ? 'no' : 'unknown';
  }

  /** A new child of an open node: the node's children are read again. */
  #onChild(row: SessionRow): void {
    const parent = row.parent_session_id;
    if (parent === null || !this.#snapshot.expanded.has(parent)) return;
    const list = this.#children.get(parent);
    if (list?.state !== 'ready' || list.ids.includes(row.id)) return;
    this.#snapshot = { ...this.#snapshot, list: restoreRows(this.#snapshot.list, [row]) };
    this.#setChildren(parent, { ...list, ids: [row.id, ...list.ids] });
  }

  #setChildren(id: string, list: ChildList): void {
    this.#children = new Map([...this.#children, [id, list]]);
    this.#setList(this.#snapshot.list, {});
  }

  /** A change of rows only: the lines stay as they are. */
  #quietly(list: ListState): void {
    if (list !== this.#snapshot.list) this.#set({ list });
  }

  #setList(list: ListState, more: Partial<ListSnapshot>): void {
    const roots = list.pages.flatMap((page) => page.ids);
    const expanded = more.expanded ?? this.#snapshot.expanded;
    this.#listed = new Set(roots);
    const lines = buildDisplayRows({ roots, expanded, children: this.#children, rows: list.rows });
    this.#set({ ...more, list, lines });
  }

  #set(change: Partial<ListSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#listeners) listener();
  }
}
