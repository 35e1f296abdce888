import { usdText } from '../money/nano-usd.ts';
import type { EvaluationEvent, EvaluationState } from './decision.ts';
import { costOf, stepsOf } from './limit-total.ts';
import type { BrokenPolicy, CostLimit, PolicyScope, Policy, StepLimit } from './policy.ts';

/**
 * What a policy did, or in shadow would have done, in one sentence without full stop: "aborted before call 41:
 * steps 40 ≥ 40, policy loop guard rev 3". For pages, signals and exceptions.
 */
export function describeDecision(
  policy: Policy | BrokenPolicy,
  state: EvaluationState,
  event: EvaluationEvent,
): string {
  const subject = `policy ${policy.name} rev ${policy.revision}`;
  if (policy.type === 'broken') {
    return `could not be evaluated: ${policy.at} ${policy.reason}, ${subject}`;
  }
  const isShadow = policy.mode === 'shadow';
  const because = [reasonOf(policy, state, event), subject].filter((part) => part !== '');
  const deed = deedOf(policy, state, event);
  return `${isShadow ? `would have ${deed}` : deed}: ${because.join(', ')}`;
}

/**
 * The number that decided, the sign, and the one it is held against: "tree cost $0.51 > $0.5". `found` is what the
 * limit looks at: nano-USD, or steps. A blind cost says so (P2).
 */
export function describeLimit(
  policy: CostLimit | StepLimit,
  found: bigint,
  isBlind: boolean,
): string {
  const whose = scopeWords[policy.scope];
  if (policy.type === 'step_limit') return `${whose}steps ${found} ≥ ${policy.stepsExceeded}`;
  const blind = isBlind ? ` ${blindWords}` : '';
  return `${whose}cost $${usdText(found)} > $${policy.costExceededUsd}${blind}`;
}

/** What is said beside a cost that calls without a price are missing from (P2). */
export const blindWords = '(calls without a price not counted)';

const scopeWords: Readonly<Record<PolicyScope, string>> = {
  session: '',
  tree: 'tree ',
  day: "the day's ",
};

function deedOf(policy: Policy, state: EvaluationState, event: EvaluationEvent): string {
  switch (policy.type) {
    case 'cost_limit':
    case 'step_limit':
      return policy.action === 'abort'
        ? `aborted before call ${state.steps + 1}`
        : `warned at step ${state.steps}`;
    case 'retry':
      return isUsedUp(policy.maxRetries, event) ? 'gave up retrying' : 'retried';
    case 'fallback':
      return `fell back to ${policy.fallbackModel}`;
  }
}

function reasonOf(policy: Policy, state: EvaluationState, event: EvaluationEvent): string {
  switch (policy.type) {
    case 'cost_limit':
      return describeLimit(policy, costOf(state, policy), state.hasUnpriced === true);
    case 'step_limit':
      return describeLimit(policy, BigInt(stepsOf(state, policy)), false);
    case 'retry':
      return `${kindOf(event)} in attempt ${event.attempt ?? 0}, retries ${policy.maxRetries}`;
    case 'fallback':
      return `${kindOf(event)} from ${event.model ?? 'an unnamed model'}`;
  }
}

function isUsedUp(maxRetries: number, { attempt }: EvaluationEvent): boolean {
  return (attempt ?? 0) > maxRetries;
}

function kindOf({ kind }: EvaluationEvent): string {
  return (kind ?? 'error').replaceAll('_', ' ');
}
