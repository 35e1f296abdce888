import { describe, expect, test } from 'vitest';
import { differingStartField, type StartIdentity } from './compare-start.ts';
import { runningSession } from './fixtures/running-session.ts';

const parent = '00000000-0000-7000-8000-0000000000aa';

describe('differingStartField()', () => {
  const stored = runningSession(0, {
    agentId: 'support-router',
    goal: 'refund order 4711',
    environment: 'production',
    parentSessionId: parent,
    experimentId: 'tone',
    variant: 'b',
  });
  const same: StartIdentity = {
    agentId: 'support-router',
    goal: 'refund order 4711',
    environment: 'production',
    parentSessionId: parent,
    experimentId: 'tone',
    variant: 'b',
  };

  test('is null for the same start (S8)', () => {
    expect(differingStartField(stored, same)).toBeNull();
  });

  test.each<[string, Partial<StartIdentity>]>([
    ['agent_id', { agentId: 'Support-router' }],
    ['agent_id', { agentId: null }],
    ['goal', { goal: 'refund order 4712' }],
    ['goal', { goal: null }],
    ['environment', { environment: 'staging' }],
    ['parent_session_id', { parentSessionId: null }],
    ['parent_session_id', { parentSessionId: stored.id }],
    ['experiment_id', { experimentId: null }],
    ['variant', { variant: 'a' }],
  ])('names %s when it differs: %j (S8)', (field, change) => {
    expect(differingStartField(stored, { ...same, ...change })).toBe(field);
  });

  test('names the first field of several', () => {
    expect(differingStartField(stored, { ...same, variant: 'a', agentId: 'x' })).toBe('agent_id');
  });

  test('takes the same child again whose parent was refused (S8, S9)', () => {
    const refused = { ...stored, parentSessionId: null, parentRefused: 'would close a loop' };
    expect(differingStartField(refused, same)).toBeNull();
  });
});
