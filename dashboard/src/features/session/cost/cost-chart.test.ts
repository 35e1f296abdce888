import { expect, test } from 'vitest';
import { costColumns } from './cost-chart.ts';

const steps = [1, 5, 2, 8, 4].map((cost, index) => ({
  eventId: `e${index}`,
  atMs: index,
  model: null,
  costUsd: cost,
}));

test('costColumns() gives each call a column and sums what was spent', () => {
  const columns = costColumns(steps, 10);
  expect(columns.map((column) => [column.costUsd, column.spentUsd])).toEqual([
    [1, 1],
    [5, 6],
    [2, 8],
    [8, 16],
    [4, 20],
  ]);
});

test('costColumns() lets calls share a column when there are too many, led by the dearest', () => {
  const columns = costColumns(steps, 3);
  expect(columns.map((column) => [column.calls, column.costUsd, column.dearest.eventId])).toEqual([
    [2, 6, 'e1'],
    [2, 10, 'e3'],
    [1, 4, 'e4'],
  ]);
});

test('costColumns() of no calls is empty', () => {
  expect(costColumns([], 3)).toEqual([]);
});
