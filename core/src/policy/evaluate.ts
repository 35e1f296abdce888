import { maxDelaySeconds } from './back-off.ts';
import type { CompiledPolicies, RankedPolicy } from './compile-policies.ts';
import type {
  Considered,
  ConsideredResult,
  Decision,
  DecisionSignal,
  EvaluationEvent,
  EvaluationState,
} from './decision.ts';
import { isPassed } from './limit-total.ts';
import type {
  BrokenPolicy,
  CostLimit,
  FallbackPolicy,
  LimitAction,
  Policy,
  RetryPolicy,
  StepLimit,
} from './policy.ts';

/**
 * What the policies say about an event and the totals with it: the stages cost, step, retry, fallback in turn,
 * abort over retry over fallback, every new warning beside them (P2, P3). Pure: the same input, the same answer.
 */
export function evaluate(
  policies: CompiledPolicies,
  state: EvaluationState,
  event: EvaluationEvent,
): Decision {
  const considered: Considered[] = [];
  const fired: Fired[] = [];
  const costAbort = askLimits(policies.costLimits, state, considered, fired);
  const stepAbort = askLimits(policies.stepLimits, state, considered, fired);
  const attempt = event.type === 'error' ? (event.attempt ?? null) : null;
  const retry = attempt === null ? null : askRetries(policies.retries, event, considered);
  const isExhausted = retry !== null && attempt !== null && attempt > retry.maxRetries;
  const wantsFallback = attempt !== null && (retry === null || isExhausted);
  const fallback = wantsFallback ? askFallbacks(policies.fallbacks, event, considered) : null;
  const abort = costAbort ?? stepAbort;
  const chosen = abort ?? (isExhausted ? null : retry) ?? fallback;
  const warned = fired.filter(({ policy }) => policy.action === 'warn');
  const policy = chosen ?? warned[0]?.policy ?? null;
  return {
    action: policy === null ? 'continue' : actionOf(policy),
    policy,
    warnedNow: warned.map(({ policy }) => policy.id),
    signals: signalsOf(policies.broken, fired, isExhausted ? retry : null, chosen),
    errors: policies.broken.map(({ id, revision, at, reason }) => ({
      policyId: id,
      revision,
      at,
      reason,
    })),
    considered,
    maxDelaySeconds:
      policy?.type === 'retry' && attempt !== null ? maxDelaySeconds(policy, attempt) : null,
    fallbackModel: policy?.type === 'fallback' ? policy.fallbackModel : null,
    isBlind: state.hasUnpriced === true && policies.costLimits.length > 0,
  };
}

interface Fired {
  readonly policy: CostLimit | StepLimit;
  readonly rank: number;
}

function askLimits<Limit extends CostLimit | StepLimit>(
  stage: readonly { readonly policy: Limit; readonly rank: number }[],
  state: EvaluationState,
  considered: Considered[],
  fired: Fired[],
): Limit | null {
  let abort: Limit | null = null;
  for (const { policy, rank } of stage) {
    const result = limitResult(policy, state, abort !== null);
    considered.push({ policy, result });
    if (result !== 'matched') continue;
    fired.push({ policy, rank });
    if (policy.action === 'abort') abort = policy;
  }
  return abort;
}

function limitResult(
  policy: CostLimit | StepLimit,
  state: EvaluationState,
  hasAbort: boolean,
): ConsideredResult {
  if (!isPassed(policy, state)) return 'below_threshold';
  if (policy.action === 'warn' && state.warned.has(policy.id)) return 'already_warned';
  if (policy.mode === 'shadow') return 'shadow';
  return policy.action === 'abort' && hasAbort ? 'outranked' : 'matched';
}

/** The candidate may be used up: it then still stands before the other retries (P3). */
function askRetries(
  stage: readonly RankedPolicy<'retry'>[],
  event: EvaluationEvent,
  considered: Considered[],
): RetryPolicy | null {
  let candidate: RetryPolicy | null = null;
  for (const { policy } of stage) {
    const result = retryResult(policy, event, candidate !== null);
    considered.push({ policy, result });
    if (result === 'matched' || result === 'exhausted') candidate = policy;
  }
  return candidate;
}

function retryResult(
  policy: RetryPolicy,
  event: EvaluationEvent,
  hasCandidate: boolean,
): ConsideredResult {
  if (!isForError(policy, event)) return 'other_error';
  if (policy.mode === 'shadow') return 'shadow';
  if (hasCandidate) return 'outranked';
  return (event.attempt ?? 0) > policy.maxRetries ? 'exhausted' : 'matched';
}

function askFallbacks(
  stage: readonly RankedPolicy<'fallback'>[],
  event: EvaluationEvent,
  considered: Considered[],
): FallbackPolicy | null {
  let candidate: FallbackPolicy | null = null;
  for (const { policy } of stage) {
    const result = fallbackResult(policy, event, candidate !== null);
    considered.push({ policy, result });
    if (result === 'matched') candidate = policy;
  }
  return candidate;
}

function fallbackResult(
  policy: FallbackPolicy,
  event: EvaluationEvent,
  hasCandidate: boolean,
): ConsideredResult {
  if (!isForError(policy, event)) return 'other_error';
  if (event.model === policy.fallbackModel) return 'already_on_fallback';
  if (policy.mode === 'shadow') return 'shadow';
  return hasCandidate ? 'outranked' : 'matched';
}

function isForError({ onErrors }: RetryPolicy | FallbackPolicy, { kind }: EvaluationEvent) {
  return onErrors === null || (typeof kind === 'string' && onErrors.includes(kind));
}

function actionOf(policy: Policy): LimitAction | 'retry' | 'fallback' {
  return policy.type === 'retry' || policy.type === 'fallback' ? policy.type : policy.action;
}

/** Broken policies, limits, what became of the failed call; then once more each policy that acted. */
function signalsOf(
  broken: readonly BrokenPolicy[],
  fired: readonly Fired[],
  exhausted: RetryPolicy | null,
  chosen: Policy | null,
): readonly DecisionSignal[] {
  const signals: DecisionSignal[] = [];
  const acted: DecisionSignal[] = [];
  const add = (
    type: DecisionSignal['type'],
    subtype: DecisionSignal['subtype'],
    { id: policyId, revision }: Policy | BrokenPolicy,
    action: DecisionSignal['action'],
  ) => {
    signals.push({ type, subtype, policyId, revision, action });
    if (action === null) return;
    acted.push({ type: 'policy', subtype: 'policy_triggered', policyId, revision, action });
  };
  for (const policy of broken) add('policy', 'policy_error', policy, null);
  for (const { policy } of fired.toSorted((one, other) => one.rank - other.rank)) {
    add('guardrail', policy.type, policy, policy.action);
  }
  if (exhausted !== null) add('control', 'retry_exhausted', exhausted, null);
  if (chosen?.type === 'retry' || chosen?.type === 'fallback') {
    add('control', chosen.type, chosen, chosen.type);
  }
  return signals.concat(acted);
}
