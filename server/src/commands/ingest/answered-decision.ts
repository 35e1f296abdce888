import type { Decision, EvaluationTotals } from '@niitaka/core/policy/decision.ts';
import { limitNumbers } from '@niitaka/core/policy/limit-total.ts';

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
    ...(limitNumbers(policy, totals) ?? { threshold: null, found: null }),
    ...(maxDelaySeconds === null ? {} : { max_delay_seconds: maxDelaySeconds }),
    ...(fallbackModel === null ? {} : { fallback_model: fallbackModel }),
  };
}
