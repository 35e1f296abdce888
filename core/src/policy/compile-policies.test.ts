import { describe, expect, test } from 'vitest';
import { compilePolicies } from './compile-policies.ts';
import { readPolicy } from './parse-policy.ts';

const limit = {
  type: 'step_limit',
  condition: { steps_exceeded: 40 },
  action: { type: 'abort' },
};

function idsOf(policies: readonly object[], agentId: string | null = 'alpha'): readonly string[] {
  const compiled = compilePolicies(policies.map(readPolicy), agentId, 'production');
  return compiled.stepLimits.map(({ policy }) => policy.id);
}

describe('compilePolicies()', () => {
  test('orders by priority, agent before organisation, age, id (P3)', () => {
    expect(
      idsOf([
        { ...limit, id: 'b' },
        { ...limit, id: 'a' },
        { ...limit, id: 'young', created_at: 5 },
        { ...limit, id: 'own', agent_id: 'alpha', created_at: 9 },
        { ...limit, id: 'low', agent_id: 'alpha', priority: -1 },
        { ...limit, id: 'high', priority: 1, created_at: 9 },
      ]),
    ).toEqual(['high', 'own', 'a', 'b', 'young', 'low']);
  });

  test('orders ids by their characters, not by halves of them (P3)', () => {
    const ids = ['\u{1f600}', '\uff5e', 'z', 'za', '\u{1f601}', '\u{1f600}a'];
    expect(idsOf(ids.map((id) => ({ ...limit, id })))).toEqual([
      'z',
      'za',
      '\uff5e',
      '\u{1f600}',
      '\u{1f600}a',
      '\u{1f601}',
    ]);
  });

  test('leaves out what is off or for others (P1)', () => {
    const policies = [
      { ...limit, id: 'off', mode: 'off' },
      { ...limit, id: 'other', agent_id: 'beta' },
      { ...limit, id: 'staging', environment: 'staging' },
      { ...limit, id: 'shadow', mode: 'shadow' },
      { ...limit, id: 'here', agent_id: 'alpha', environment: 'production' },
    ];
    expect(idsOf(policies)).toEqual(['here', 'shadow']);
    expect(idsOf(policies, null)).toEqual(['shadow']);
  });

  test('ranks over all stages', () => {
    const compiled = compilePolicies(
      [
        readPolicy({ ...limit, id: 'steps', priority: 1 }),
        readPolicy({ ...limit, id: 'cost', type: 'cost_limit', condition: { cost_exceeded: 1 } }),
        readPolicy({ ...limit, id: 'broken', priority: 2, action: {} }),
      ],
      null,
      'production',
    );
    expect(compiled.stepLimits[0]?.rank).toBe(1);
    expect(compiled.costLimits[0]?.rank).toBe(2);
    expect(compiled.broken.map(({ id }) => id)).toEqual(['broken']);
  });
});
