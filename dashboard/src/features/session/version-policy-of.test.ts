import { expect, test } from 'vitest';
import { versionPolicyOf } from './version-policy-of.ts';

test('versionPolicyOf() reads the guardrail that a policy id names (A4)', () => {
  expect(versionPolicyOf('version:team:router:12:cost_limit')).toEqual({
    agentId: 'team:router',
    version: '12',
    guardrail: 'cost limit',
  });
  expect(versionPolicyOf('version:router:3:retry')?.guardrail).toBe('retry');
});

test('versionPolicyOf() knows no other policy', () => {
  expect(versionPolicyOf('0198f000-0000-7000-8000-000000000001')).toBeNull();
  expect(versionPolicyOf('version:router:x:retry')).toBeNull();
  expect(versionPolicyOf('version:router:3:colour')).toBeNull();
});
