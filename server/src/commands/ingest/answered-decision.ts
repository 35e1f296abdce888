import { usdNumber } from '@niitaka/core/money/nano-usd.ts';
import type { Decision, EvaluationTotals } from '@niitaka/core/policy/decision.ts';
import { costOf, stepsOf } from '@niitaka/core/policy/limit-total.ts';
import type { Policy } from '@niitaka/core/policy/policy.ts';

/** A decision as the answer tells it to a client that does not ask by itself. */
export interface AnsweredDecision {
  readonly action: Exclude<Decision['action'], 'continue'>;
  readonly policy_id: string;
  readonly revision: number;
  readonly threshold: number | null;
  readonly found: number | null;
  readonly max_delay_seconds?: number;
  readonly fallback_model?: string;
}

/** A decision on the wire's terms, with what was found against its limit; null where nothing is to be done. */
export function answeredDecision(
  { action, policy, maxDelaySeconds, fallbackModel }: Decision,
  totals: EvaluationTotals,
): AnsweredDecision | null {
  if (policy === null || action === 'continue') return null;
  return {
    action,
    policy_id: policy.id,
    revision: policy.revision,
    ...numbersOf(policy, totals),
    ...(maxDelaySeconds === null ? {} : { max_delay_seconds: maxDelaySeconds }),
    ...(fallbackModel === null ? {} : { fallback_model: fallbackModel }),
  };
}

function numbersOf(
  policy: Policy,
  totals: EvaluationTotals,
): Pick<AnsweredDecision, 'threshold' | 'found'> {
  if (policy.type === 'cost_limit') {
    return { threshold: Number(policy.costExceededUsd), found: usdNumber(costOf(totals, policy)) };
  }
  return policy.type === 'step_limit'
    ? { threshold: policy.stepsExceeded, found: stepsOf(totals, policy) }
    : { threshold: null, found: null };
}
