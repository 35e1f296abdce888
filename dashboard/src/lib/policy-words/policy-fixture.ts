import type { Policy } from '@niitaka/protocol/policy.ts';

/** A step limit as the API lists it, for tests. */
export function policyFixture(more: Partial<Policy> = {}): Policy {
  return {
    id: '0198f000-0000-7000-8000-000000000001',
    name: 'loop guard',
    revision: 1,
    type: 'step_limit',
    agent_id: null,
    environment: null,
    priority: 0,
    scope: 'session',
    mode: 'enforce',
    condition: { steps_exceeded: 40 },
    action: { type: 'abort' },
    created_at: '2026-11-20T10:00:00.000Z',
    ...more,
  };
}
