import { describe, expect, test } from 'vitest';
import { rollupFigures, treeFigures } from './contributions.ts';
import { exampleSessionId, runningSession } from './fixtures/running-session.ts';

const counted = {
  totalCostNanoUsd: 70n,
  lateCostNanoUsd: 5n,
  inputTokens: 10,
  outputTokens: 4,
  stepCount: 3,
  errorCount: 2,
  unpricedCount: 1,
};

describe('rollupFigures()', () => {
  test('of a session without news are one session (S12)', () => {
    expect(rollupFigures(runningSession(0))).toEqual({
      sessions: 1,
      withErrors: 0,
      stale: 0,
      totalCostNanoUsd: 0n,
      lateCostNanoUsd: 0n,
      totalTokens: 0,
      unpriced: 0,
      incomplete: 0,
      steps: 0,
    });
  });

  test('say whether it had errors, not how many (S12)', () => {
    expect(rollupFigures(runningSession(0, counted))).toEqual({
      sessions: 1,
      withErrors: 1,
      stale: 0,
      totalCostNanoUsd: 70n,
      lateCostNanoUsd: 5n,
      totalTokens: 14,
      unpriced: 1,
      incomplete: 0,
      steps: 3,
    });
  });

  test.each([
    ['running', { openSenders: 1 }, 0],
    ['done', {}, 0],
    ['done', { openSenders: 1 }, 1],
    ['done', { missing: 1 }, 1],
    ['stale', { refused: 1 }, 1],
    ['stale', { dropped: 1 }, 1],
  ] as const)('of a %s session with %j: incomplete %i (D1)', (status, delivery, incomplete) => {
    const session = runningSession(0, { status, ...delivery });
    expect(rollupFigures(session).incomplete).toBe(incomplete);
  });
});

describe('treeFigures()', () => {
  test('are none for a session alone (S9)', () => {
    expect(treeFigures(runningSession(0, counted))).toBeNull();
  });

  test.each([
    ['a child', { parentSessionId: exampleSessionId }],
    ['a parent', { childCount: 1 }],
  ])('of %s are its counters (S9)', (_, link) => {
    const done = { status: 'done', ...counted, ...link } as const;
    const expected = {
      sessions: 1,
      running: 0,
      totalCostNanoUsd: 70n,
      lateCostNanoUsd: 5n,
      totalTokens: 14,
      stepCount: 3,
      errorCount: 2,
      unpricedCount: 1,
    };
    expect(treeFigures(runningSession(0, done))).toEqual(expected);
    const running = runningSession(0, { ...counted, ...link });
    expect(treeFigures(running)).toEqual({ ...expected, running: 1 });
  });
});
