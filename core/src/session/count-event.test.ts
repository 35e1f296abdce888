import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countClosedEvent, type EventFacts } from './count-event.ts';
import { runningSession } from './fixtures/running-session.ts';

const facts: EventFacts = {
  type: 'llm',
  afterEnd: false,
  costNanoUsd: 1_500n,
  unpriced: false,
  inputTokens: 10,
  outputTokens: 4,
};

describe('countClosedEvent()', () => {
  test.each<[EventFacts['type'], object]>([
    ['llm', { stepCount: 1, llmCount: 1, toolCount: 0, errorCount: 0 }],
    ['tool', { stepCount: 1, llmCount: 0, toolCount: 1, errorCount: 0 }],
    ['error', { stepCount: 0, llmCount: 0, toolCount: 0, errorCount: 1 }],
    ['decision', { stepCount: 0, llmCount: 0, toolCount: 0, errorCount: 0 }],
    ['log', { stepCount: 0, llmCount: 0, toolCount: 0, errorCount: 0 }],
  ])('counts a closed %s (S2, E3)', (type, expected) => {
    const session = runningSession(0);
    countClosedEvent(session, { ...facts, type });
    expect(session).toMatchObject(expected);
  });

  test('adds cost and tokens', () => {
    const session = runningSession(0);
    countClosedEvent(session, facts);
    countClosedEvent(session, facts);
    expect(session).toMatchObject({
      totalCostNanoUsd: 3_000n,
      lateCostNanoUsd: 0n,
      inputTokens: 20,
      outputTokens: 8,
    });
  });

  test('keeps sums beyond 2^53 exact (S6)', () => {
    const session = runningSession(0);
    countClosedEvent(session, { ...facts, costNanoUsd: 9_007_199_254_740_993n });
    countClosedEvent(session, { ...facts, costNanoUsd: 1n });
    expect(session.totalCostNanoUsd).toBe(9_007_199_254_740_994n);
  });

  test('an unpriced call is counted as that, and costs nothing (S6)', () => {
    const session = runningSession(0);
    countClosedEvent(session, { ...facts, costNanoUsd: null, unpriced: true });
    expect(session).toMatchObject({ unpricedCount: 1, totalCostNanoUsd: 0n, stepCount: 1 });
  });

  test('an event after the end moves late_cost alone (S5)', () => {
    const session = runningSession(0);
    countClosedEvent(session, { ...facts, afterEnd: true, unpriced: true });
    expect(session).toEqual(runningSession(0, { lateCostNanoUsd: 1_500n }));
  });

  test('takes back what it counted, to the last unit', () => {
    const anyFacts = fc.record<EventFacts>({
      type: fc.constantFrom('llm', 'tool', 'decision', 'error', 'log'),
      afterEnd: fc.boolean(),
      costNanoUsd: fc.option(fc.bigInt({ min: 0n, max: 10n ** 15n })),
      unpriced: fc.boolean(),
      inputTokens: fc.nat(1_000_000_000),
      outputTokens: fc.nat(1_000_000_000),
    });
    fc.assert(
      fc.property(fc.array(anyFacts), (all) => {
        const session = runningSession(0);
        for (const one of all) countClosedEvent(session, one);
        for (const one of all.toReversed()) countClosedEvent(session, one, -1);
        expect(session).toEqual(runningSession(0));
      }),
    );
  });
});
