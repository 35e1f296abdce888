import type { EventType } from '../event/event.ts';
import type { SessionCounters } from './session.ts';

/** What a closed event adds to its session. */
export interface EventFacts {
  readonly type: EventType;
  readonly afterEnd: boolean;
  /** Null when the event has no cost or is unpriced. */
  readonly costNanoUsd: bigint | null;
  readonly unpriced: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/**
 * Counts a closed event, or takes it back with `sign` -1. A finished `llm` or `tool` event is a step (E3); only
 * `error` events are errors (S2); an event after the end adds its cost to `late_cost` and nothing else (S5).
 */
export function countClosedEvent(
  counters: SessionCounters,
  facts: EventFacts,
  sign: 1 | -1 = 1,
): void {
  const cost = facts.costNanoUsd ?? 0n;
  const signedCost = sign === 1 ? cost : -cost;
  if (facts.afterEnd) {
    counters.lateCostNanoUsd += signedCost;
    return;
  }
  counters.totalCostNanoUsd += signedCost;
  counters.inputTokens += sign * facts.inputTokens;
  counters.outputTokens += sign * facts.outputTokens;
  if (facts.unpriced) counters.unpricedCount += sign;
  if (facts.type === 'llm') counters.llmCount += sign;
  if (facts.type === 'tool') counters.toolCount += sign;
  if (facts.type === 'llm' || facts.type === 'tool') counters.stepCount += sign;
  if (facts.type === 'error') counters.errorCount += sign;
}
