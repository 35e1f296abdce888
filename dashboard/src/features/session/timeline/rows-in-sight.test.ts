import { expect, test } from 'vitest';
import { buildRows } from './build-rows.ts';
import { parseEventFilter } from './event-filter.ts';
import { timeInSight } from './rows-in-sight.ts';
import { timelineEvent } from './timeline-event-fixture.ts';
import type { TimelineEvent } from './timeline-event.ts';

const rowsOf = (...spans: readonly (readonly [number, number | null])[]) =>
  buildRows({
    events: spans.map(([startMs, endMs], index): TimelineEvent =>
      timelineEvent({ id: `e${index}`, startMs, endMs }),
    ),
    children: [],
    toggled: new Set(),
    filter: parseEventFilter([], ''),
    showChildren: true,
  }).rows;

test('timeInSight() spans the rows with a little room', () => {
  const rows = rowsOf([1_000, 1_500], [1_500, 2_000], [9_000, 9_100]);
  expect(timeInSight(rows, 0, 1)).toEqual({ startMs: 960, endMs: 2_040 });
  expect(timeInSight(rowsOf([0, 100], [0, 100]), 0, 1)).toEqual({ startMs: -4, endMs: 104 });
});

test('timeInSight() lets one very long row reach out of sight', () => {
  const rows = rowsOf([0, 3_600_000], [100, 200], [200, 300], [300, 400], [400, 500]);
  expect(timeInSight(rows, 0, 4)?.endMs).toBeLessThan(1_000);
});

test('timeInSight() counts an open row by its start', () => {
  expect(timeInSight(rowsOf([100, null]), 0, 0)).toEqual({ startMs: 99.96, endMs: 101.04 });
});

test('timeInSight() is null without rows', () => {
  expect(timeInSight([], 0, 10)).toBe(null);
});
