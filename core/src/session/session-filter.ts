import type { SessionStatus } from './session.ts';

/** Which sessions are meant; an absent field means all. Ranges include both ends but `toMs`. */
export interface SessionFilter {
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly statuses?: readonly SessionStatus[] | undefined;
  readonly agentIds?: readonly string[] | undefined;
  readonly environments?: readonly string[] | undefined;
  /** Words that must each begin a word of the goal (S11); none match when empty. */
  readonly words?: readonly string[] | undefined;
  readonly parentSessionId?: string | undefined;
  readonly rootOnly?: boolean | undefined;
  readonly hasErrors?: boolean | undefined;
  readonly goalCompleted?: boolean | undefined;
  readonly minScore?: number | undefined;
  readonly maxScore?: number | undefined;
  readonly minCostNanoUsd?: bigint | undefined;
  readonly maxCostNanoUsd?: bigint | undefined;
  readonly minDurationMs?: number | undefined;
  readonly maxDurationMs?: number | undefined;
  readonly experimentIds?: readonly string[] | undefined;
  readonly variants?: readonly string[] | undefined;
  readonly userIds?: readonly string[] | undefined;
  readonly conversationIds?: readonly string[] | undefined;
  readonly tag?: { readonly key: string; readonly value: string } | undefined;
  readonly incomplete?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}

/** Heartbeats without an event for this long read as quiet, ms (S4). */
export const quietAfterMs = 3_600_000;

/** Orders of a list; `-` is descending. */
export type SessionSort =
  | 'started_at'
  | '-started_at'
  | 'cost'
  | '-cost'
  | 'duration'
  | '-duration'
  | 'errors'
  | '-errors';
