import type { ControlState } from '@niitaka/core/control/control-command.ts';
import type { EventLevel, EventType } from '@niitaka/core/event/event.ts';

/** Where a record stands in its batch and whose it is. */
interface Placed {
  readonly index: number;
  readonly sessionId: string;
  readonly sender: string | null;
  readonly seq: number | null;
}

/** A text that was cut: where, and its bytes before (E7). */
export interface Cut {
  readonly path: string;
  readonly bytes: number;
}

/** A run begins. */
export interface StartRecord extends Placed {
  readonly kind: 'session.start';
  readonly agentId: string | null;
  readonly goal: string | null;
  readonly environment: string;
  readonly parentSessionId: string | null;
  readonly experimentId: string | null;
  readonly variant: string | null;
  readonly agentVersion: string | null;
  readonly userId: string | null;
  readonly conversationId: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly metadata: string | null;
  readonly startedAtMs: number;
  readonly policySource: string | null;
  readonly policyHash: string | null;
  readonly truncated: readonly Cut[];
}

/** An opening record (`closes` false), a closing one, or both at once. */
export interface EventRecord extends Placed {
  readonly kind: 'event';
  readonly eventId: string;
  /** It says how the event began. */
  readonly opens: boolean;
  /** It says how the event ended. */
  readonly closes: boolean;
  readonly type: EventType;
  readonly name: string | null;
  readonly parentEventId: string | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly latencyMs: number | null;
  readonly level: EventLevel | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly dataText: string;
  readonly truncated: readonly Cut[];
}

/** Outcome metrics. */
export interface MetricsRecord extends Placed {
  readonly kind: 'session.metrics';
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly recordedAtMs: number;
}

/** Signs of life. */
export interface HeartbeatRecord {
  readonly kind: 'session.heartbeat';
  readonly index: number;
  readonly sessionIds: readonly string[];
}

/** A signal; without a session it is the organisation's. */
export interface SignalRecord extends Omit<Placed, 'sessionId'> {
  readonly kind: 'signal';
  readonly sessionId: string | null;
  readonly signalId: string;
  readonly type: string;
  readonly subtype: string;
  readonly action: string | null;
  readonly severity: string;
  readonly agentId: string | null;
  readonly policyId: string | null;
  readonly eventId: string | null;
  readonly message: string;
  readonly data: string | null;
  readonly occurredAtMs: number;
}

/** A decision trace. */
export interface TraceRecord extends Placed {
  readonly kind: 'trace';
  readonly traceId: string;
  readonly eventId: string | null;
  readonly policyId: string | null;
  readonly policyRevision: number | null;
  readonly action: string;
  readonly inputs: string;
  readonly considered: string;
  readonly errors: string;
  readonly decidedBy: string;
  readonly enforced: boolean;
  readonly latencyUs: number | null;
  readonly occurredAtMs: number;
}

/** What became of an operator's command. */
export interface AckRecord extends Placed {
  readonly kind: 'command.ack';
  readonly commandId: string;
  readonly state: ControlState;
  readonly atMs: number;
  readonly reason: string | null;
}

/** A sender has nothing more. */
export interface CloseRecord extends Placed {
  readonly kind: 'sender.close';
  readonly sender: string;
  readonly lastSeq: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly omitted: Readonly<Record<string, number>>;
}

/** A run ends. */
export interface EndRecord extends Placed {
  readonly kind: 'session.end';
  readonly endedAtMs: number;
  readonly lastSeq: number | null;
  readonly dropped: Readonly<Record<string, number>>;
  readonly omitted: Readonly<Record<string, number>>;
}

/** Any record that was read and found good. */
export type ParsedRecord =
  | StartRecord
  | EventRecord
  | MetricsRecord
  | HeartbeatRecord
  | SignalRecord
  | TraceRecord
  | AckRecord
  | CloseRecord
  | EndRecord;

/** Why one record was refused; with whose number it was, where that could be read (D1). */
export interface RefusedRecord {
  readonly index: number;
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly sessionId: string | null;
  readonly sender: string | null;
  readonly seq: number | null;
}

/** Records that a process lost, the total since it began. */
export interface LostRecords {
  readonly sender: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** A batch read from the wire, before anything was looked up. */
export interface ParsedBatch {
  readonly sentAtMs: number | null;
  readonly records: readonly ParsedRecord[];
  readonly refused: readonly RefusedRecord[];
  readonly warnings: readonly string[];
  readonly recordCount: number;
  /** What the sending process lost before any session was known, by reason; null when it told nothing. */
  readonly lost: LostRecords | null;
  /** Whether the sender asks the policies itself, before its calls (P5). */
  readonly evaluates: boolean;
}
