import { isIncomplete, type Session } from './session.ts';

/** What a session adds to the roll-ups of the bucket it started in (S12). */
export interface RollupFigures {
  sessions: number;
  withErrors: number;
  stale: number;
  totalCostNanoUsd: bigint;
  lateCostNanoUsd: bigint;
  totalTokens: number;
  unpriced: number;
  incomplete: number;
  steps: number;
}

/** What a session adds to the totals of its tree (S9). */
export interface TreeFigures {
  sessions: number;
  running: number;
  totalCostNanoUsd: bigint;
  lateCostNanoUsd: bigint;
  totalTokens: number;
  stepCount: number;
  errorCount: number;
  unpricedCount: number;
}

/** A session's part of its bucket's figures. */
export function rollupFigures(session: Session): RollupFigures {
  return {
    sessions: 1,
    withErrors: session.errorCount > 0 ? 1 : 0,
    stale: session.status === 'stale' ? 1 : 0,
    totalCostNanoUsd: session.totalCostNanoUsd,
    lateCostNanoUsd: session.lateCostNanoUsd,
    totalTokens: session.inputTokens + session.outputTokens,
    unpriced: session.unpricedCount,
    incomplete: isIncomplete(session) ? 1 : 0,
    steps: session.stepCount,
  };
}

/** A session's part of its tree's totals; null for one that has neither parent nor children. */
export function treeFigures(session: Session): TreeFigures | null {
  if (session.parentSessionId === null && session.childCount === 0) return null;
  return {
    sessions: 1,
    running: session.status === 'running' ? 1 : 0,
    totalCostNanoUsd: session.totalCostNanoUsd,
    lateCostNanoUsd: session.lateCostNanoUsd,
    totalTokens: session.inputTokens + session.outputTokens,
    stepCount: session.stepCount,
    errorCount: session.errorCount,
    unpricedCount: session.unpricedCount,
  };
}
