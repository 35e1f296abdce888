import type { SessionRow } from '@niitaka/protocol/session.ts';
import { expect, test } from 'vitest';
import { rowFixture } from '../row-fixture.ts';
import { buildDisplayRows, treeDepthLimit, type ChildList } from './display-rows.ts';
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

function row(id: string, second: number, fields: Partial<SessionRow> = {}): SessionRow {
  const at = `2026-11-20T10:00:${String(second).padStart(2, '0')}.000Z`;
  return rowFixture({ id, started_at: at, ...fields });
}

function page(rows: SessionRow[], nextCursor: string | null = null) {
  return { items: rows, next_cursor: nextCursor, total_estimate: rows.length };
}

function ids(state: ListState): string[] {
  return state.pages.flatMap((loaded) => loaded.ids);
}

const three = firstPage(page([row('c', 30), row('b', 20), row('a', 10)], 'next'));

test('appendPage() adds at the end and leaves known ids where they stand', () => {
  const state = appendPage(three, 'next', page([row('a', 10), row('z', 5)]));
  expect(ids(state)).toEqual(['c', 'b', 'a', 'z']);
  expect(state.nextCursor).toBeNull();
  expect(state.pages.map((loaded) => loaded.cursor)).toEqual([null, 'next']);
});

test('applyLive() changes rows in place and moves none', () => {
  const state = applyLive(three, {
    changed: [row('a', 10, { step_count: 9 })],
    arrived: [],
    show: true,
  });
  expect(ids(state)).toEqual(['c', 'b', 'a']);
  expect(state.rows.get('a')?.step_count).toBe(9);
});

test('applyLive() puts new rows where their start belongs when the reader is at the top', () => {
  const arrived = [row('e', 50), row('late', 15), row('d', 40)];
  const state = applyLive(three, { changed: [], arrived, show: true });
  expect(ids(state)).toEqual(['e', 'd', 'c', 'b', 'late', 'a']);
  expect([...state.fresh]).toEqual(['e', 'late', 'd']);
  expect(state.totalEstimate).toBe(6);
});

test('applyLive() holds new rows back otherwise and counts each once', () => {
  const once = applyLive(three, { changed: [], arrived: [row('d', 40)], show: false });
  const twice = applyLive(once, {
    changed: [],
    arrived: [row('d', 40), row('e', 50)],
    show: false,
  });
  expect(ids(twice)).toEqual(['c', 'b', 'a']);
  expect([...twice.pending]).toEqual(['d', 'e']);
  expect(twice.totalEstimate).toBe(5);
  const shown = applyLive(twice, { changed: [], arrived: [row('d', 40)], show: true });
  expect(ids(shown)).toEqual(['d', 'c', 'b', 'a']);
  expect([...shown.pending]).toEqual(['e']);
  expect(shown.totalEstimate).toBe(5);
});

test('firstPage() keeps the rows of open nodes, which stand in no page, and no others (S9)', () => {
  const open = restoreRows(three, [row('child', 31)]);
  const again = firstPage(page([row('d', 40), row('c', 30)]), open, new Set(['child']));
  expect(ids(again)).toEqual(['d', 'c']);
  expect([...again.rows.keys()].toSorted()).toEqual(['c', 'child', 'd']);
});

test('removeRow() takes a deleted session out and leaves others alone', () => {
  expect(ids(removeRow(three, 'b'))).toEqual(['c', 'a']);
  expect(removeRow(three, 'b').totalEstimate).toBe(2);
  expect(removeRow(three, 'x')).toBe(three);
});

test('releaseFarRows() lets go of rows far away and restoreRows() brings them back', () => {
  let state: ListState = emptyList;
  for (let index = 0; index < 20; index += 1) {
    state = appendPage(state, index === 0 ? null : `c${index}`, page([row(`r${index}`, index)]));
  }
  const released = releaseFarRows(state, 19, new Set(['r3']));
  expect([...released.rows.keys()]).toEqual([
    'r0',
    'r3',
    'r13',
    'r14',
    'r15',
    'r16',
    'r17',
    'r18',
    'r19',
  ]);
  expect(ids(released)).toEqual(ids(state));
  expect(pagesToRestore(released, ['r4', 'r14'])).toEqual([{ cursor: 'c4', ids: ['r4'] }]);
  expect(pagesToRestore(restoreRows(released, [row('r4', 4)]), ['r4'])).toEqual([]);
});

function tree(depth: number): ReadonlyMap<string, ChildList> {
  return new Map(
    Array.from({ length: depth }, (_, level) => [
      `n${level}`,
      { ids: [`n${level + 1}`], nextCursor: null, state: 'ready' as const },
    ]),
  );
}

test('buildDisplayRows() shows children of open rows below them (S9)', () => {
  const children = new Map<string, ChildList>([
    ['a', { ids: ['a1', 'a2'], nextCursor: 'x', state: 'ready' }],
    ['a1', { ids: [], nextCursor: null, state: 'loading' }],
  ]);
  const lines = buildDisplayRows({
    roots: ['a', 'b'],
    expanded: new Set(['a', 'a1']),
    children,
    rows: new Map(),
  });
  expect(lines.map((line) => `${line.level} ${line.key}`)).toEqual([
    '1 a',
    '2 a1',
    '3 a1/loading',
    '2 a2',
    '2 a/more',
    '1 b',
  ]);
});

test('buildDisplayRows() ends the tree at ten levels with a line that says how many are below (S9)', () => {
  const expanded = new Set(Array.from({ length: 30 }, (_, level) => `n${level}`));
  const tenth = rowFixture({
    id: 'n10',
    tree: {
      sessions: 18,
      running: 0,
      total_cost: 0,
      total_cost_nano_usd: '0',
      late_cost: 0,
      total_tokens: 0,
      step_count: 0,
      error_count: 0,
      unpriced_count: 0,
      truncated: false,
    },
  });
  const rows = new Map([['n10', tenth]]);
  const lines = buildDisplayRows({ roots: ['n0'], expanded, children: tree(30), rows });
  expect(lines.length).toBe(treeDepthLimit + 2);
  expect(lines.at(-1)).toEqual({
    kind: 'below',
    key: 'n10/below',
    parentId: 'n10',
    level: 12,
    hidden: 17,
  });
});
