import type { RetryPolicy } from './policy.ts';

/** What the delay before a retry depends on. */
export type BackoffRule = Pick<RetryPolicy, 'backoff' | 'baseSeconds' | 'maxSeconds'>;

/** The longest delay, in seconds, after attempt `attempt` (from 1) has failed (P4). */
export function maxDelaySeconds(rule: BackoffRule, attempt: number): number {
  return Math.min(rule.maxSeconds, rule.baseSeconds * growth(rule.backoff, attempt));
}

/** The delay, in seconds, with full jitter: `draw` is the caller's random number of [0, 1) (P4). */
export function backOffSeconds(rule: BackoffRule, attempt: number, draw: number): number {
  return maxDelaySeconds(rule, attempt) * draw;
}

function growth(backoff: BackoffRule['backoff'], attempt: number): number {
  switch (backoff) {
    case 'constant':
      return 1;
    case 'linear':
      return attempt;
    case 'exponential':
      return 2 ** (attempt - 1);
  }
}
