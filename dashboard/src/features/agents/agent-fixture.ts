import type { AgentFigures } from './figure-texts.ts';

/** The figures of an agent as the API lists them, for tests. */
export function figuresFixture(more: Partial<AgentFigures> = {}): AgentFigures {
  return {
    running: 0,
    sessions: 100,
    with_errors: 2,
    cost: 12.38,
    cost_nano_usd: '12380000000',
    unpriced: 0,
    incomplete: 0,
    steps_average: 8.1,
    duration_p95_ms: 12_400,
    ...more,
  };
}
