import { describe, expect, test } from 'vitest';
import { buildRows, type RowsInput, type TimelineRow } from './build-rows.ts';
import type { ChildSession } from './child-session.ts';
import { parseEventFilter } from './event-filter.ts';
import { timelineEvent } from './timeline-event-fixture.ts';
import type { TimelineEvent } from './timeline-event.ts';

const everything = parseEventFilter([], '');

function build(fields: Partial<RowsInput>) {
  return buildRows({
    events: [],
    children: [],
    toggled: new Set(),
    filter: everything,
    showChildren: true,
    ...fields,
  });
}

/** Rows as text: two spaces per level, `+N` closed and `-N` open above N rows, `~` not a match. */
function draw(rows: readonly TimelineRow[]): string[] {
  return rows.map((row) => {
    const toggle = row.descendants === 0 ? '' : `${row.expanded ? '-' : '+'}${row.descendants}`;
    const dim = row.kind === 'event' && !row.matched ? '~' : '';
    return `${'  '.repeat(row.depth)}${dim}${row.key}${toggle}`;
  });
}

const event = (
  id: string,
  startMs: number,
  parentId: string | null = null,
  more: Partial<TimelineEvent> = {},
) => timelineEvent({ id, startMs, parentId, ...more });

const child = (id: string, startMs: number, more: Partial<ChildSession> = {}): ChildSession => ({
  id,
  goal: null,
  agentId: 'drafter',
  status: 'done',
  startMs,
  endMs: startMs + 500,
  costUsd: 0,
  unpricedCount: 0,
  errorCount: 0,
  childCount: 0,
  ...more,
});

describe('buildRows() nesting', () => {
  const events = [
    event('a', 0),
    event('a1', 1, 'a'),
    event('b', 2),
    event('a2', 3, 'a'),
    event('a1x', 4, 'a1'),
  ];

  test('puts children below their parent, siblings by time', () => {
    expect(draw(build({ events }).rows)).toEqual(['a-3', '  a1-1', '    a1x', '  a2', 'b']);
  });

  test('hides what is below a closed row and says how much', () => {
    expect(draw(build({ events, toggled: new Set(['a']) }).rows)).toEqual(['a+3', 'b']);
    expect(draw(build({ events, toggled: new Set(['a1']) }).rows)).toEqual([
      'a-3',
      '  a1+1',
      '  a2',
      'b',
    ]);
  });

  test('stands an event whose parent is not here at the top', () => {
    expect(draw(build({ events: [event('x', 1, 'missing')] }).rows)).toEqual(['x']);
  });

  test('a child dated before its parent still stands below it', () => {
    expect(draw(build({ events: [event('c', 1, 'p'), event('p', 2)] }).rows)).toEqual([
      'p-1',
      '  c',
    ]);
  });

  test('cuts loops: every event stands once', () => {
    const loop = [event('a', 0, 'c'), event('b', 1, 'a'), event('c', 2, 'b'), event('d', 3, 'd')];
    const rows = build({ events: loop }).rows;
    expect(rows.map((row) => row.key).sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('takes a chain of 20,000 without overflowing', () => {
    const chain = Array.from({ length: 20_000 }, (_, index) =>
      event(`e${index}`, index, index === 0 ? null : `e${index - 1}`),
    );
    const rows = build({ events: chain }).rows;
    expect(rows).toHaveLength(20_000);
    expect(rows.at(-1)?.depth).toBe(19_999);
    expect(rows[0]?.descendants).toBe(19_999);
  });
});

describe('buildRows() filter', () => {
  const events = [
    event('a', 0, null, { type: 'llm' }),
    event('a1', 1, 'a', { name: 'web.fetch' }),
    event('b', 2, null, { type: 'llm' }),
    event('b1', 3, 'b', { name: 'web.search' }),
  ];

  test('keeps matches and their ancestors, and counts the matches only', () => {
    const { rows, matched } = build({ events, filter: parseEventFilter([], 'fetch') });
    expect(draw(rows)).toEqual(['~a-1', '  a1']);
    expect(matched).toBe(1);
  });

  test('by type leaves the others out', () => {
    const { rows, matched } = build({ events, filter: parseEventFilter(['llm'], '') });
    expect(draw(rows)).toEqual(['a', 'b']);
    expect(matched).toBe(2);
  });

  test('that nothing matches is an empty list', () => {
    expect(build({ events, filter: parseEventFilter([], 'nowhere') })).toEqual({
      rows: [],
      matched: 0,
    });
  });
});

describe('buildRows() child sessions', () => {
  const events = [event('a', 0), event('a1', 100, 'a'), event('b', 200)];

  test('stand between the top-level events by their start', () => {
    const children = [child('k2', 300), child('k1', 50)];
    expect(draw(build({ events, children }).rows)).toEqual(['a-1', '  a1', 'k1', 'b', 'k2']);
  });

  test('four of one agent become one closed row that spans them all', () => {
    const children = [0, 1, 2, 3].map((n) => child(`k${n}`, 50 + n * 100));
    const { rows } = build({ events, children });
    expect(draw(rows)).toEqual(['a-1', '  a1', 'sessions:drafter+4', 'b']);
    expect([rows[2]?.startMs, rows[2]?.endMs]).toEqual([50, 850]);
    expect(draw(build({ events, children, toggled: new Set(['sessions:drafter']) }).rows)).toEqual([
      'a-1',
      '  a1',
      'sessions:drafter-4',
      '  k0',
      '  k1',
      '  k2',
      '  k3',
      'b',
    ]);
  });

  test('a group with a running session has no end yet', () => {
    const children = [0, 1, 2, 3].map((n) => child(`k${n}`, n, n === 2 ? { endMs: null } : {}));
    expect(build({ children }).rows[0]?.endMs).toBe(null);
  });

  test('are left out where the reader asked for types of events', () => {
    expect(draw(build({ events, children: [child('k', 1)], showChildren: false }).rows)).toEqual([
      'a-1',
      '  a1',
      'b',
    ]);
  });
});
