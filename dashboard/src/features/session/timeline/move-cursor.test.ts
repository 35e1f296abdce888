import { expect, test } from 'vitest';
import { buildRows } from './build-rows.ts';
import { parseEventFilter } from './event-filter.ts';
import { moveCursor } from './move-cursor.ts';
import { timelineEvent } from './timeline-event-fixture.ts';

const { rows } = buildRows({
  events: [
    timelineEvent({ id: 'a', startMs: 0 }),
    timelineEvent({ id: 'a1', startMs: 1, parentId: 'a' }),
    timelineEvent({ id: 'a2', startMs: 2, parentId: 'a' }),
    timelineEvent({ id: 'b', startMs: 3 }),
    timelineEvent({ id: 'b1', startMs: 4, parentId: 'b' }),
  ],
  children: [],
  toggled: new Set(['b']),
  filter: parseEventFilter([], ''),
  showChildren: true,
});

const press = (at: number, key: string) => {
  const act = moveCursor(rows, at, key, 2);
  if (act === null) return null;
  if (act.kind === 'move') return act.index;
  return `${act.kind} ${act.kind === 'open' ? act.row.key : act.key}`;
};

test.each([
  [-1, 'j', 0],
  [0, 'j', 1],
  [3, 'j', 3],
  [3, 'ArrowUp', 2],
  [0, 'k', 0],
  [0, 'PageDown', 2],
  [3, 'PageUp', 1],
  [2, 'Home', 0],
  [0, 'End', 3],
  [0, 'ArrowRight', 1],
  [3, 'ArrowRight', 'toggle b'],
  [1, 'ArrowRight', null],
  [0, 'ArrowLeft', 'toggle a'],
  [2, 'ArrowLeft', 0],
  [3, 'ArrowLeft', null],
  [1, 'Enter', 'open a1'],
  [-1, 'Enter', null],
  [0, 'x', null],
])('moveCursor() at %i on %s gives %s', (at, key, expected) => {
  expect(press(at, key)).toBe(expected);
});

test('moveCursor() has nowhere to go without rows', () => {
  expect(moveCursor([], -1, 'j', 10)).toBe(null);
});
