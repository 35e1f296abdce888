import type { Policy } from './policy.ts';

/** What a session, its tree and its day have spent. Money is nano-USD. */
export interface EvaluationTotals {
  readonly costNanoUsd: bigint;
  readonly steps: number;
  readonly treeCostNanoUsd: bigint;
  readonly treeSteps: number;
  /** The agent's since 00:00 UTC, in the session's environment. */
  readonly dayCostNanoUsd: bigint;
  readonly daySteps: number;
  /** The organisation's since 00:00 UTC, in the session's environment. */
  readonly orgDayCostNanoUsd: bigint;
  readonly orgDaySteps: number;
}

/** What a decision goes by: totals as they stand before the next call. */
export interface EvaluationState extends EvaluationTotals {
  /** Ids of policies that have warned in the session, its tree or on this day. */
  readonly warned: ReadonlySet<string>;
  /** Whether calls without a price are in the totals, counted as 0: cost limits are then "blind" (P2). */
  readonly hasUnpriced?: boolean;
}

/** What has just happened. Only an `error` with an `attempt` is a failed call, which may be repeated. */
export interface EvaluationEvent {
  readonly type: string;
  readonly kind?: string | null;
  /** Number of the attempt that has failed, from 1; null for an error that is no failed call. */
  readonly attempt?: number | null;
  readonly model?: string | null;
}

/** Why a policy did or did not apply (P7). */
export type ConsideredResult =
  | 'matched'
  | 'below_threshold'
  | 'already_warned'
  | 'shadow'
  | 'outranked'
  | 'exhausted'
  | 'other_error'
  | 'already_on_fallback';

/** What is to be done: of several the first in this row that any policy wants, warnings beside it (P3). */
export type DecisionAction = 'abort' | 'retry' | 'fallback' | 'warn' | 'continue';

/** One policy as it was looked at. */
export interface Considered {
  readonly policy: Policy;
  readonly result: ConsideredResult;
}

/** A policy that could not be evaluated, and the path of what is wrong in it. */
export interface DecisionError {
  readonly policyId: string;
  readonly revision: number;
  readonly at: string;
  readonly reason: string;
}

/** A signal as a decision wants it, without id, time and session (G1). */
export interface DecisionSignal {
  readonly type: 'guardrail' | 'control' | 'policy';
  readonly subtype:
    | 'cost_limit'
    | 'step_limit'
    | 'retry'
    | 'fallback'
    | 'retry_exhausted'
    | 'policy_triggered'
    | 'policy_error';
  readonly policyId: string;
  readonly revision: number;
  readonly action: Exclude<DecisionAction, 'continue'> | null;
}

/** What the policies say about one event. */
export interface Decision {
  readonly action: DecisionAction;
  /** The policy behind the action; null for `continue`. */
  readonly policy: Policy | null;
  /** Policies that warn now, in the order in which they were asked. */
  readonly warnedNow: readonly string[];
  readonly signals: readonly DecisionSignal[];
  readonly errors: readonly DecisionError[];
  readonly considered: readonly Considered[];
  /** Upper bound, in seconds, of the delay before the retry; only with `retry`. */
  readonly maxDelaySeconds: number | null;
  /** The model to go on with; only with `fallback`. */
  readonly fallbackModel: string | null;
  /** Whether a cost limit was asked that counts calls without a price as 0 (P2). */
  readonly isBlind: boolean;
}
