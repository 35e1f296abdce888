import type { Session } from '@niitaka/core/session/session.ts';
import type { StoredSession } from '../session-tx.ts';
import { uuidBlob, uuidBlobOrNull, uuidText, uuidTextOrNull } from './uuid-blob.ts';

type Blob = Uint8Array;

/** A row of `sessions` without its large texts, integers read as bigint. */
export interface SessionSql {
  readonly session_key: bigint;
  readonly id: Blob;
  readonly status: Session['status'];
  readonly agent_id: string | null;
  readonly goal: string | null;
  readonly environment: string;
  readonly started_at: bigint;
  readonly ended_at: bigint | null;
  readonly last_seen_at: bigint;
  readonly last_event_at: bigint | null;
  readonly started_at_sent: bigint;
  readonly ended_at_sent: bigint | null;
  readonly arrived_at: bigint;
  readonly clock_offset_ms: bigint;
  readonly grace_ms: bigint;
  readonly parent_session_id: Blob | null;
  readonly root_session_id: Blob;
  readonly depth: bigint;
  readonly parent_refused: string | null;
  readonly child_count: bigint;
  readonly experiment_id: string | null;
  readonly variant: string | null;
  readonly agent_version: string | null;
  readonly user_id: string | null;
  readonly conversation_id: string | null;
  readonly total_cost: bigint;
  readonly late_cost: bigint;
  readonly input_tokens: bigint;
  readonly output_tokens: bigint;
  readonly event_count: bigint;
  readonly step_count: bigint;
  readonly llm_count: bigint;
  readonly tool_count: bigint;
  readonly error_count: bigint;
  readonly unpriced_count: bigint;
  readonly signal_count: bigint;
  readonly trace_count: bigint;
  readonly position: bigint;
  readonly closed_by: Session['closedBy'];
  readonly end_sender: Blob | null;
  readonly end_last_seq: bigint | null;
  readonly aborted: bigint;
  readonly expected: bigint;
  readonly received: bigint;
  readonly refused: bigint;
  readonly missing: bigint;
  readonly dropped: bigint;
  readonly open_senders: bigint;
  readonly policy_source: string | null;
  readonly policy_hash: string | null;
  readonly dropped_by: string | null;
  readonly metrics: string | null;
  readonly metric_times: string | null;
}

/** The columns of {@link SessionSql}, for a SELECT. */
export const sessionColumns = `session_key, id, status, agent_id, goal, environment, started_at, ended_at,
  last_seen_at, last_event_at, started_at_sent, ended_at_sent, arrived_at, clock_offset_ms, grace_ms,
  parent_session_id, root_session_id, depth, parent_refused, child_count, experiment_id, variant, agent_version,
  user_id, conversation_id, total_cost, late_cost, input_tokens, output_tokens, event_count, step_count, llm_count,
  tool_count, error_count, unpriced_count, signal_count, trace_count, position, closed_by, end_sender, end_last_seq,
  aborted, expected, received, refused, missing, dropped, open_senders, policy_source, policy_hash, dropped_by,
  metrics, metric_times`;

/** A row as the session that commands work on. */
export function sessionFromRow(row: SessionSql): StoredSession {
  const session: Session = {
    ...identityOf(row),
    ...linkOf(row),
    ...countersOf(row),
    status: row.status,
    endedAtMs: numberOrNull(row.ended_at),
    endedAtSentMs: numberOrNull(row.ended_at_sent),
    lastSeenAtMs: Number(row.last_seen_at),
    lastEventAtMs: numberOrNull(row.last_event_at),
    graceMs: Number(row.grace_ms),
    closedBy: row.closed_by,
    endSender: uuidTextOrNull(row.end_sender),
    endLastSeq: numberOrNull(row.end_last_seq),
    aborted: row.aborted !== 0n,
    position: Number(row.position),
    metrics: parseObject(row.metrics),
    metricTimes: parseObject(row.metric_times),
    droppedBy: parseObject(row.dropped_by),
  };
  return { key: Number(row.session_key), session };
}

/** The columns that change while a session lives, in the order of {@link changingValues}. */
export const changingColumns = [
  'status',
  'ended_at',
  'last_seen_at',
  'last_event_at',
  'ended_at_sent',
  'grace_ms',
  'parent_session_id',
  'root_session_id',
  'depth',
  'parent_refused',
  'child_count',
  'total_cost',
  'late_cost',
  'total_tokens',
  'input_tokens',
  'output_tokens',
  'event_count',
  'step_count',
  'llm_count',
  'tool_count',
  'error_count',
  'unpriced_count',
  'signal_count',
  'trace_count',
  'position',
  'goal_completed',
  'score',
  'closed_by',
  'end_sender',
  'end_last_seq',
  'aborted',
  'expected',
  'received',
  'refused',
  'missing',
  'dropped',
  'open_senders',
  'incomplete',
  'dropped_by',
  'metrics',
  'metric_times',
] as const;

/** The values of {@link changingColumns}; `incomplete` is decided by the caller. */
export function changingValues(session: Session, incomplete: boolean): unknown[] {
  const { goal_completed: goalCompleted, score } = session.metrics;
  return [
    session.status,
    session.endedAtMs,
    session.lastSeenAtMs,
    session.lastEventAtMs,
    session.endedAtSentMs,
    session.graceMs,
    uuidBlobOrNull(session.parentSessionId),
    uuidBlob(session.rootSessionId),
    session.depth,
    session.parentRefused,
    session.childCount,
    session.totalCostNanoUsd,
    session.lateCostNanoUsd,
    session.inputTokens + session.outputTokens,
    session.inputTokens,
    session.outputTokens,
    session.eventCount,
    session.stepCount,
    session.llmCount,
    session.toolCount,
    session.errorCount,
    session.unpricedCount,
    session.signalCount,
    session.traceCount,
    session.position,
    typeof goalCompleted === 'boolean' ? Number(goalCompleted) : null,
    typeof score === 'number' ? score : null,
    session.closedBy,
    uuidBlobOrNull(session.endSender),
    session.endLastSeq,
    Number(session.aborted),
    session.expected,
    session.received,
    session.refused,
    session.missing,
    session.dropped,
    session.openSenders,
    Number(incomplete),
    objectText(session.droppedBy),
    objectText(session.metrics),
    objectText(session.metricTimes),
  ];
}

function identityOf(row: SessionSql) {
  return {
    id: uuidText(row.id),
    agentId: row.agent_id,
    goal: row.goal,
    environment: row.environment,
    experimentId: row.experiment_id,
    variant: row.variant,
    agentVersion: row.agent_version,
    userId: row.user_id,
    conversationId: row.conversation_id,
    startedAtMs: Number(row.started_at),
    startedAtSentMs: Number(row.started_at_sent),
    arrivedAtMs: Number(row.arrived_at),
    clockOffsetMs: Number(row.clock_offset_ms),
    policySource: row.policy_source,
    policyHash: row.policy_hash,
  };
}

function linkOf(row: SessionSql) {
  return {
    parentSessionId: uuidTextOrNull(row.parent_session_id),
    rootSessionId: uuidText(row.root_session_id),
    depth: Number(row.depth),
    parentRefused: row.parent_refused,
    childCount: Number(row.child_count),
  };
}

function countersOf(row: SessionSql) {
  return {
    totalCostNanoUsd: row.total_cost,
    lateCostNanoUsd: row.late_cost,
    inputTokens: Number(row.input_tokens),
    outputTokens: Number(row.output_tokens),
    eventCount: Number(row.event_count),
    stepCount: Number(row.step_count),
    llmCount: Number(row.llm_count),
    toolCount: Number(row.tool_count),
    errorCount: Number(row.error_count),
    unpricedCount: Number(row.unpriced_count),
    signalCount: Number(row.signal_count),
    traceCount: Number(row.trace_count),
    expected: Number(row.expected),
    received: Number(row.received),
    refused: Number(row.refused),
    missing: Number(row.missing),
    dropped: Number(row.dropped),
    openSenders: Number(row.open_senders),
  };
}

function numberOrNull(value: bigint | null): number | null {
  return value === null ? null : Number(value);
}

function parseObject<T>(text: string | null): Record<string, T> {
  return text === null ? {} : (JSON.parse(text) as Record<string, T>);
}

function objectText(value: Readonly<Record<string, unknown>>): string | null {
  for (const _ in value) return JSON.stringify(value);
  return null;
}
