import type { RollupFigures, TreeFigures } from '@niitaka/core/session/contributions.ts';

export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/** The sums of a roll-up, in the order of {@link rollupValues}. */
export const rollupColumns = [
  'sessions',
  'with_errors',
  'stale',
  'total_cost',
  'late_cost',
  'total_tokens',
  'unpriced',
  'incomplete',
  'step_count',
];

/** The sums of a tree, in the order of {@link treeValues}. */
export const treeColumns = [
  'sessions',
  'running',
  'total_cost',
  'late_cost',
  'total_tokens',
  'step_count',
  'error_count',
  'unpriced_count',
];

export function rollupValues(figures: RollupFigures) {
  return [
    figures.sessions,
    figures.withErrors,
    figures.stale,
    figures.totalCostNanoUsd,
    figures.lateCostNanoUsd,
    figures.totalTokens,
    figures.unpriced,
    figures.incomplete,
    figures.steps,
  ];
}

export function treeValues(figures: TreeFigures) {
  return [
    figures.sessions,
    figures.running,
    figures.totalCostNanoUsd,
    figures.lateCostNanoUsd,
    figures.totalTokens,
    figures.stepCount,
    figures.errorCount,
    figures.unpricedCount,
  ];
}

/** The start of the hour or day (UTC) that an instant is in. */
export function floorTo(ms: number, unit: number): number {
  return Math.floor(ms / unit) * unit;
}
