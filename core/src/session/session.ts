/** Where a session stands: never anything else (S2). */
export type SessionStatus = 'running' | 'done' | 'stale';

/** Who closed a session. */
export type ClosedBy = 'sdk' | 'server' | 'operator';

/** A metric's value (S7). */
export type MetricValue = number | boolean;

/** What is known of a run before its first event: fixed once stored (S1, S8). */
export interface SessionIdentity {
  readonly id: string;
  readonly agentId: string | null;
  readonly goal: string | null;
  readonly environment: string;
  readonly experimentId: string | null;
  readonly variant: string | null;
  readonly agentVersion: string | null;
  readonly userId: string | null;
  readonly conversationId: string | null;
  readonly startedAtMs: number;
  readonly startedAtSentMs: number;
  readonly arrivedAtMs: number;
  readonly clockOffsetMs: number;
  readonly policySource: string | null;
  readonly policyHash: string | null;
}

/** What was counted so far, without what came after the end (S5). Money is nano-USD (S6). */
export interface SessionCounters {
  totalCostNanoUsd: bigint;
  lateCostNanoUsd: bigint;
  inputTokens: number;
  outputTokens: number;
  eventCount: number;
  stepCount: number;
  llmCount: number;
  toolCount: number;
  errorCount: number;
  unpricedCount: number;
  signalCount: number;
  traceCount: number;
}

/** Sums of the delivery ledgers of all senders of a session (D1). */
export interface DeliverySums {
  expected: number;
  received: number;
  refused: number;
  missing: number;
  dropped: number;
  openSenders: number;
}

/** Where a session stands in its tree (S9). */
export interface SessionLink {
  parentSessionId: string | null;
  rootSessionId: string;
  depth: number;
  parentRefused: string | null;
  childCount: number;
}

/** A session as commands work on it: identity fixed, the rest changed in place within one transaction. */
export interface Session extends SessionIdentity, SessionCounters, DeliverySums, SessionLink {
  status: SessionStatus;
  endedAtMs: number | null;
  endedAtSentMs: number | null;
  lastSeenAtMs: number;
  lastEventAtMs: number | null;
  graceMs: number;
  closedBy: ClosedBy | null;
  endSender: string | null;
  endLastSeq: number | null;
  aborted: boolean;
  /** The newest position given to an event or its closing; rises in commit order. */
  position: number;
  metrics: Record<string, MetricValue>;
  /** Per metric the `recorded_at` of the value that stands, ms since the epoch. */
  metricTimes: Record<string, number>;
  droppedBy: Record<string, number>;
}

/** Whether records are unaccounted for in a session that is not running (D1). */
export function isIncomplete(session: Session): boolean {
  const unaccounted = session.refused + session.missing + session.dropped + session.openSenders > 0;
  return session.status !== 'running' && unaccounted;
}
