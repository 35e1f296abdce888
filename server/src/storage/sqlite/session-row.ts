import { isIncomplete, type Session } from '@niitaka/core/session/session.ts';
import type { SessionExtras, StoredSession } from '../session-tx.ts';
import { uuidBlob, uuidBlobOrNull, uuidText, uuidTextOrNull } from './uuid-blob.ts';

type Blob = Uint8Array;

/** A row of `sessions` without its large texts; money as text, so that no digit is lost. */
export interface SessionSql {
  readonly session_key: number;
  readonly id: Blob;
  readonly status: Session['status'];
  readonly agent_id: string | null;
  readonly goal: string | null;
  readonly environment: string;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly last_seen_at: number;
  readonly last_event_at: number | null;
  readonly started_at_sent: number;
  readonly ended_at_sent: number | null;
  readonly arrived_at: number;
  readonly clock_offset_ms: number;
  readonly grace_ms: number;
  readonly parent_session_id: Blob | null;
  readonly root_session_id: Blob;
  readonly depth: number;
  readonly parent_refused: string | null;
  readonly child_count: number;
  readonly experiment_id: string | null;
  readonly variant: string | null;
  readonly agent_version: string | null;
  readonly user_id: string | null;
  readonly conversation_id: string | null;
  readonly total_cost: string;
  readonly late_cost: string;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly event_count: number;
  readonly step_count: number;
  readonly llm_count: number;
  readonly tool_count: number;
  readonly error_count: number;
  readonly unpriced_count: number;
  readonly signal_count: number;
  readonly trace_count: number;
  readonly position: number;
  readonly closed_by: Session['closedBy'];
  readonly end_sender: Blob | null;
  readonly end_last_seq: number | null;
  readonly aborted: number;
  readonly expected: number;
  readonly received: number;
  readonly refused: number;
  readonly missing: number;
  readonly dropped: number;
  readonly open_senders: number;
  readonly policy_source: string | null;
  readonly policy_hash: string | null;
  readonly dropped_by: string | null;
  readonly metrics: string | null;
  readonly metric_times: string | null;
}

const sessionColumnNames =
  `session_key, id, status, agent_id, goal, environment, started_at, ended_at,
  last_seen_at, last_event_at, started_at_sent, ended_at_sent, arrived_at, clock_offset_ms, grace_ms,
  parent_session_id, root_session_id, depth, parent_refused, child_count, experiment_id, variant, agent_version,
  user_id, conversation_id, total_cost, late_cost, input_tokens, output_tokens, event_count, step_count, llm_count,
  tool_count, error_count, unpriced_count, signal_count, trace_count, position, closed_by, end_sender, end_last_seq,
  aborted, expected, received, refused, missing, dropped, open_senders, policy_source, policy_hash, dropped_by,
  metrics, metric_times`.split(/,\s*/);

/** The columns of {@link SessionSql} for a SELECT from `sessions` as `s`. */
export const sessionColumns = sessionColumnNames
  .map((name) => (name.endsWith('_cost') ? `CAST(s.${name} AS TEXT) AS ${name}` : `s.${name}`))
  .join(', ');

/** A row as the session that commands work on. */
export function sessionFromRow(row: SessionSql): StoredSession {
  const session: Session = {
    ...identityOf(row),
    ...linkOf(row),
    ...countersOf(row),
    status: row.status,
    endedAtMs: row.ended_at,
    endedAtSentMs: row.ended_at_sent,
    lastSeenAtMs: row.last_seen_at,
    lastEventAtMs: row.last_event_at,
    graceMs: row.grace_ms,
    closedBy: row.closed_by,
    endSender: uuidTextOrNull(row.end_sender),
    endLastSeq: row.end_last_seq,
    aborted: row.aborted !== 0,
    position: row.position,
    metrics: parseObject(row.metrics),
    metricTimes: parseObject(row.metric_times),
    droppedBy: parseObject(row.dropped_by),
  };
  return { key: row.session_key, session };
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
    startedAtMs: row.started_at,
    startedAtSentMs: row.started_at_sent,
    arrivedAtMs: row.arrived_at,
    clockOffsetMs: row.clock_offset_ms,
    policySource: row.policy_source,
    policyHash: row.policy_hash,
  };
}

function linkOf(row: SessionSql) {
  return {
    parentSessionId: uuidTextOrNull(row.parent_session_id),
    rootSessionId: uuidText(row.root_session_id),
    depth: row.depth,
    parentRefused: row.parent_refused,
    childCount: row.child_count,
  };
}

function countersOf(row: SessionSql) {
  return {
    totalCostNanoUsd: BigInt(row.total_cost),
    lateCostNanoUsd: BigInt(row.late_cost),
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    eventCount: row.event_count,
    stepCount: row.step_count,
    llmCount: row.llm_count,
    toolCount: row.tool_count,
    errorCount: row.error_count,
    unpricedCount: row.unpriced_count,
    signalCount: row.signal_count,
    traceCount: row.trace_count,
    expected: row.expected,
    received: row.received,
    refused: row.refused,
    missing: row.missing,
    dropped: row.dropped,
    openSenders: row.open_senders,
  };
}

function parseObject<T>(text: string | null): Record<string, T> {
  return text === null ? {} : (JSON.parse(text) as Record<string, T>);
}

function objectText(value: Readonly<Record<string, unknown>>): string | null {
  for (const _ in value) return JSON.stringify(value);
  return null;
}

/** What is stored when a session starts, after its key: what stays, then {@link changingValues}. */
export function startedValues(session: Session, extras: SessionExtras): unknown[] {
  const tags = Object.keys(extras.tags).length === 0 ? null : JSON.stringify(extras.tags);
  return [
    session.agentId,
    session.environment,
    session.goal,
    extras.goalWords,
    session.startedAtMs,
    session.startedAtSentMs,
    session.arrivedAtMs,
    session.clockOffsetMs,
    session.experimentId,
    session.variant,
    session.agentVersion,
    session.userId,
    session.conversationId,
    session.policySource,
    session.policyHash,
    tags,
    extras.truncated,
    extras.metadata,
    ...changingValues(session, isIncomplete(session)),
  ];
}
