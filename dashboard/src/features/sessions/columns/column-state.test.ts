import { expect, test } from 'vitest';
import {
  defaultColumns,
  exportFields,
  gridTemplate,
  isColumnState,
  leastWidth,
  moveColumn,
  resizeColumn,
  toggleColumn,
  visibleColumns,
} from './column-state.ts';

test('visibleColumns() are the ten of a first visit', () => {
  expect(visibleColumns(defaultColumns)).toEqual([
    'status',
    'goal',
    'agent',
    'started',
    'duration',
    'cost',
    'steps',
    'errors',
    'met',
    'score',
  ]);
});

test('toggleColumn() hides and shows, but never the goal', () => {
  const hidden = toggleColumn(defaultColumns, 'score');
  expect(visibleColumns(hidden)).not.toContain('score');
  expect(visibleColumns(toggleColumn(hidden, 'score'))).toContain('score');
  expect(toggleColumn(defaultColumns, 'goal')).toBe(defaultColumns);
});

test('moveColumn() swaps neighbours and stops at the ends', () => {
  expect(visibleColumns(moveColumn(defaultColumns, 'goal', -1)).slice(0, 2)).toEqual([
    'goal',
    'status',
  ]);
  expect(moveColumn(defaultColumns, 'status', -1)).toBe(defaultColumns);
});

test('resizeColumn() keeps to the limits; gridTemplate() leaves the rest to the goal', () => {
  expect(resizeColumn(defaultColumns, 'steps', 3).widths.steps).toBe(40);
  expect(resizeColumn(defaultColumns, 'goal', 5_000).widths.goal).toBe(900);
  const two = { ...defaultColumns, order: ['status', 'goal'] as const, hidden: [] };
  expect(gridTemplate(two)).toBe('92px minmax(180px, 1fr)');
  expect(gridTemplate(resizeColumn(two, 'status', 120.4))).toBe('120px minmax(180px, 1fr)');
  expect(leastWidth(two)).toBe(272);
});

test('exportFields() are those on screen, in their order, with the id first', () => {
  const two = { ...defaultColumns, order: ['cost', 'goal', 'id'] as const, hidden: [] };
  expect(exportFields(two)).toEqual(['id', 'total_cost', 'tree_cost', 'unpriced_count', 'goal']);
});

test('isColumnState() refuses what another version kept', () => {
  expect(isColumnState(defaultColumns)).toBe(true);
  expect(isColumnState({ ...defaultColumns, order: ['status'] })).toBe(false);
  expect(isColumnState(null)).toBe(false);
});
