import type { Signal } from '@niitaka/protocol/signal.ts';

/** A warning as the API lists it, for tests. */
export function signalFixture(number: number, more: Partial<Signal> = {}): Signal {
  return {
    id: `00000000-0000-7000-b000-${String(number).padStart(12, '0')}`,
    type: 'guardrail',
    subtype: 'step_limit',
    action: 'warn',
    severity: 'warning',
    agent_id: 'mail-sorter',
    session_id: '00000000-0000-7000-8000-000000000001',
    event_id: null,
    policy_id: 'p1',
    message: 'made 40 steps',
    data: null,
    occurred_at: '2026-11-20T10:00:00.000Z',
    ...more,
  };
}
