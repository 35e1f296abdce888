import type { BrokenPolicy, Policy } from '@niitaka/core/policy/policy.ts';
import { formatCount } from '../format-count.ts';
import { formatNanoUsdExact } from '../format-money.ts';

/** The number that a limit is held against, with its sign (P2); which errors a retry or fallback is for. */
export function thresholdText(policy: Policy | BrokenPolicy): string {
  switch (policy.type) {
    case 'cost_limit':
      return `cost > ${formatNanoUsdExact(policy.costExceededNanoUsd)}`;
    case 'step_limit':
      return `steps ≥ ${formatCount(policy.stepsExceeded)}`;
    case 'retry':
    case 'fallback':
      return policy.onErrors === null ? 'any error' : policy.onErrors.join(', ');
    case 'broken':
      return 'cannot be evaluated';
  }
}
