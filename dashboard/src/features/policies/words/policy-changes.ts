import type { BrokenPolicy, Policy } from '@niitaka/core/policy/policy.ts';
import { readPolicy } from '@niitaka/core/policy/parse-policy.ts';
import type { Policy as WirePolicy } from '@niitaka/protocol/policy.ts';
import { formatCount } from '../../../lib/format-count.ts';
import { formatNanoUsdExact } from '../../../lib/format-money.ts';

/** One field that is not the same in two versions, in words. */
export interface PolicyChange {
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

/** What differs between two versions of a policy, field by field; defaults that are spelt out are no difference (P1). */
export function policyChanges(before: WirePolicy, after: WirePolicy): PolicyChange[] {
  const old = policyFields(before);
  const now = policyFields(after);
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((field) => ({ field, before: old.get(field) ?? '–', after: now.get(field) ?? '–' }))
    .filter((change) => change.before !== change.after);
}

function policyFields(wire: WirePolicy): ReadonlyMap<string, string> {
  const policy = readPolicy(wire);
  return new Map([
    ['Name', wire.name],
    ['Agent', policy.agentId ?? 'every agent'],
    ['Environment', policy.environment ?? 'every environment'],
    ['Priority', String(policy.priority)],
    ['Mode', policy.mode],
    ...contentFields(policy, wire),
  ]);
}

function contentFields(policy: Policy | BrokenPolicy, wire: WirePolicy): [string, string][] {
  switch (policy.type) {
    case 'cost_limit': {
      const value = `more than ${formatNanoUsdExact(policy.costExceededNanoUsd)}`;
      return [...limitFields(policy), ['Cost', value]];
    }
    case 'step_limit':
      return [...limitFields(policy), ['Steps', `at least ${formatCount(policy.stepsExceeded)}`]];
    case 'retry':
      return [
        ['Errors', errorsText(policy.onErrors)],
        ['Retries', String(policy.maxRetries)],
        ['Back-off', policy.backoff],
        ['First wait', `${policy.baseSeconds} s`],
        ['Longest wait', `${policy.maxSeconds} s`],
      ];
    case 'fallback':
      return [
        ['Errors', errorsText(policy.onErrors)],
        ['Model', policy.fallbackModel],
      ];
    case 'broken':
      return [
        ['Condition', JSON.stringify(wire.condition)],
        ['Action', JSON.stringify(wire.action)],
      ];
  }
}

function limitFields({ action, scope }: Extract<Policy, { action: string }>): [string, string][] {
  return [
    ['Counts', scope],
    ['Action', action],
  ];
}

function errorsText(kinds: readonly string[] | null): string {
  return kinds === null ? 'any' : kinds.join(', ');
}
