import type { Signal, Trace } from '@niitaka/protocol/signal.ts';
import type { SignalRow, TraceRow } from '../storage/session-tx.ts';
import { timeToWire } from './map-access.ts';

/** A signal as lists and the stream carry it. */
export function signalToWire(row: SignalRow): Signal {
  return {
    id: row.id,
    type: row.type,
    subtype: row.subtype,
    action: row.action,
    severity: row.severity as Signal['severity'],
    agent_id: row.agentId,
    session_id: row.sessionId,
    event_id: row.eventId,
    policy_id: row.policyId,
    message: row.message,
    data: row.data === null ? null : JSON.parse(row.data),
    occurred_at: timeToWire(row.occurredAtMs),
  };
}

/** A decision trace as the drawer reads it. */
export function traceToWire(row: TraceRow): Trace {
  const considered = JSON.parse(row.considered) as {
    policy_id: string;
    revision?: number | null;
    result: string;
    mode?: string | null;
  }[];
  return {
    id: row.id,
    session_id: row.sessionId,
    event_id: row.eventId,
    policy_id: row.policyId,
    policy_revision: row.policyRevision,
    action: row.action,
    inputs: JSON.parse(row.inputs),
    considered: considered.map(({ policy_id, revision, result, mode }) => ({
      policy_id,
      revision: revision ?? null,
      result,
      mode: mode ?? null,
    })),
    errors: JSON.parse(row.errors),
    decided_by: row.decidedBy.split(',') as Trace['decided_by'],
    enforced: row.enforced,
    latency_us: row.latencyUs,
    occurred_at: timeToWire(row.occurredAtMs),
  };
}
