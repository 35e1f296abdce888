/** What a policy watches: each is one stage of a decision (P1, P3). */
export type PolicyType = 'cost_limit' | 'step_limit' | 'retry' | 'fallback';

/** Every policy type, in the order of the stages of a decision (P3). */
export const policyTypes: readonly PolicyType[] = ['cost_limit', 'step_limit', 'retry', 'fallback'];

/** Whose total a limit looks at: the session's, its tree's, or that of the day since 00:00 UTC (P1). */
export type PolicyScope = 'session' | 'tree' | 'day';

/** Whether a decision is acted on, only recorded, or not made at all (P1). */
export type PolicyMode = 'enforce' | 'shadow' | 'off';

/** What a limit does when it is passed (P1). */
export type LimitAction = 'warn' | 'abort';

/** How the delay grows from one attempt to the next (P4). */
export type Backoff = 'exponential' | 'linear' | 'constant';

/** What every policy has, whatever it watches. */
export interface PolicyHead {
  /** At most 200 characters. */
  readonly id: string;
  /** What people call it; its id where nobody named it. */
  readonly name: string;
  /** Which of the policy's contents this is; rises with every change. */
  readonly revision: number;
  /** The agent it is for; null for all of the organisation. */
  readonly agentId: string | null;
  /** The environment it is for; null for all. */
  readonly environment: string | null;
  /** Higher comes first. */
  readonly priority: number;
  readonly scope: PolicyScope;
  readonly mode: PolicyMode;
  /** Milliseconds since the epoch; of equals the older comes first. */
  readonly createdAtMs: number;
}

/** Fires when the cost is greater than the threshold (P2). */
export interface CostLimit extends PolicyHead {
  readonly type: 'cost_limit';
  /** The threshold as plain decimal text, USD. */
  readonly costExceededUsd: string;
  /** The greatest whole nano-USD that does not exceed the threshold: a cost is over one if it is over the other. */
  readonly costExceededNanoUsd: bigint;
  readonly action: LimitAction;
}

/** Fires when at least so many steps are finished or begun (P2). */
export interface StepLimit extends PolicyHead {
  readonly type: 'step_limit';
  readonly stepsExceeded: number;
  readonly action: LimitAction;
}

/** Repeats a failed call (P4). */
export interface RetryPolicy extends PolicyHead {
  readonly type: 'retry';
  /** Error kinds it is for; null for all. */
  readonly onErrors: readonly string[] | null;
  /** How often one call is repeated, 1..10. */
  readonly maxRetries: number;
  readonly backoff: Backoff;
  readonly baseSeconds: number;
  /** No delay is longer. */
  readonly maxSeconds: number;
}

/** Goes on with another model after a failed call, for the rest of the session (P4). */
export interface FallbackPolicy extends PolicyHead {
  readonly type: 'fallback';
  /** Error kinds it is for; null for all. */
  readonly onErrors: readonly string[] | null;
  readonly fallbackModel: string;
}

/** A rule about what happens when an agent spends too much, steps too often or fails. */
export type Policy = CostLimit | StepLimit | RetryPolicy | FallbackPolicy;

/** A policy that cannot be evaluated: it is told of in every decision it would have had a part in (P3). */
export interface BrokenPolicy extends PolicyHead {
  readonly type: 'broken';
  /** Path of the value that is wrong, such as `action.max_retries`. */
  readonly at: string;
  /** What was found there and what was wanted. */
  readonly reason: string;
}
