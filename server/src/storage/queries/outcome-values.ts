import type { SignalRow, TraceRow } from '../session-tx.ts';
import { uuidBlob, uuidBlobOrNull } from '../sqlite/uuid-blob.ts';

/** What is written of a signal after its organisation, in the order of the table. */
export function signalValues(row: SignalRow): unknown[] {
  return [
    uuidBlob(row.subjectId),
    uuidBlob(row.id),
    uuidBlobOrNull(row.sessionId),
    row.type,
    row.subtype,
    row.action,
    row.severity,
    row.agentId,
    row.policyId,
    uuidBlobOrNull(row.eventId),
    row.message,
    row.data,
    row.occurredAtMs,
  ];
}

/** What is written of a trace after its organisation, in the order of the table. */
export function traceValues(row: TraceRow): unknown[] {
  return [
    uuidBlob(row.sessionId),
    uuidBlob(row.id),
    uuidBlobOrNull(row.eventId),
    row.policyId,
    row.policyRevision,
    row.action,
    row.inputs,
    row.considered,
    row.errors,
    row.decidedBy,
    Number(row.enforced),
    row.latencyUs,
    row.occurredAtMs,
  ];
}
