import { z } from 'zod';
import {
  Count,
  CountByReason,
  EventType,
  Json,
  Level,
  Timestamp,
  Truncation,
  Uuid,
} from './scalars.ts';

const id = { session_id: Uuid } as const;
const numbered = { sender: Uuid.optional(), seq: z.int().min(1).optional() } as const;
const text = z.string();
const object = z.record(z.string(), Json);
const severity = z.enum(['info', 'warning', 'critical']);

/** A run begins (S1, S8). */
export const SessionStart = z.object({
  kind: z.literal('session.start'),
  ...id,
  agent_id: text.nullish(),
  goal: text.nullish(),
  environment: text.nullish(),
  parent_session_id: Uuid.nullish(),
  experiment_id: text.nullish(),
  variant: text.nullish(),
  agent_version: text.nullish(),
  user_id: text.nullish(),
  conversation_id: text.nullish(),
  tags: z.record(z.string(), text).nullish(),
  metadata: object.nullish(),
  started_at: Timestamp,
  policy_source: text.nullish(),
  policy_hash: text.nullish(),
});

const eventBody = {
  ...id,
  event_id: Uuid,
  ...numbered,
  type: EventType,
  name: text.nullish(),
  parent_event_id: Uuid.nullish(),
  started_at: Timestamp,
  latency_ms: z.number().min(0).nullish(),
  level: Level.nullish(),
  data: object,
  truncated: z.array(Truncation).max(512).nullish(),
} as const;

/** Something happened, or began to when `ended_at` is absent (E1, E4). */
export const EventRecord = z.object({
  kind: z.literal('event'),
  ...eventBody,
  ended_at: Timestamp.nullish(),
});

/** An open event is closed; may arrive before its opening record (E4). */
export const EventUpdate = z.object({
  kind: z.literal('event.update'),
  ...eventBody,
  ended_at: Timestamp,
});

/** Outcome metrics (S7). */
export const SessionMetrics = z.object({
  kind: z.literal('session.metrics'),
  ...id,
  ...numbered,
  metrics: object,
  recorded_at: Timestamp,
});

/** Signs of life of many sessions (S3). */
export const SessionHeartbeat = z.object({
  kind: z.literal('session.heartbeat'),
  session_ids: z.array(Uuid).max(10_000),
});

/** A signal (G1). */
export const SignalRecord = z.object({
  kind: z.literal('signal'),
  signal_id: Uuid,
  session_id: Uuid.nullish(),
  ...numbered,
  type: text,
  subtype: text,
  action: text.nullish(),
  severity,
  agent_id: text.nullish(),
  policy_id: text.nullish(),
  event_id: Uuid.nullish(),
  message: text,
  data: object.nullish(),
  occurred_at: Timestamp,
});

/** A decision trace (P7). */
export const TraceRecord = z.object({
  kind: z.literal('trace'),
  trace_id: Uuid,
  ...id,
  ...numbered,
  event_id: Uuid.nullish(),
  policy_id: text.nullish(),
  policy_revision: z.int().nullish(),
  action: text,
  inputs: object,
  considered: z
    .array(
      z.object({
        policy_id: text,
        revision: z.int().nullish(),
        result: text,
        mode: text.nullish(),
      }),
    )
    .max(1000),
  errors: z.array(z.object({ policy_id: text, at: text })).max(1000),
  decided_by: z.enum(['sdk', 'server']),
  enforced: z.boolean(),
  latency_us: z.number().min(0).nullish(),
  occurred_at: Timestamp,
});

/** An SDK says what became of an operator's command (G3). */
export const CommandAck = z.object({
  kind: z.literal('command.ack'),
  ...id,
  command_id: Uuid,
  state: z.enum(['delivered', 'obeyed', 'refused']),
  at: Timestamp,
  reason: text.nullish(),
});

/** A sender has nothing more for this session (D1). */
export const SenderClose = z.object({
  kind: z.literal('sender.close'),
  ...id,
  sender: Uuid,
  last_seq: Count,
  dropped: CountByReason,
  omitted: CountByReason.nullish(),
});

/** A run ends (S2, S5). */
export const SessionEnd = z.object({
  kind: z.literal('session.end'),
  ...id,
  sender: Uuid.optional(),
  ended_at: Timestamp,
  last_seq: Count.nullish(),
  dropped: CountByReason.nullish(),
  omitted: CountByReason.nullish(),
});

/** Every record kind by its name. */
export const recordKinds = {
  'session.start': SessionStart,
  event: EventRecord,
  'event.update': EventUpdate,
  'session.metrics': SessionMetrics,
  'session.heartbeat': SessionHeartbeat,
  signal: SignalRecord,
  trace: TraceRecord,
  'command.ack': CommandAck,
  'sender.close': SenderClose,
  'session.end': SessionEnd,
} as const;

/** A record kind's name. */
export type RecordKind = keyof typeof recordKinds;

/** Any record. */
export const IngestRecord = z.discriminatedUnion('kind', [
  SessionStart,
  EventRecord,
  EventUpdate,
  SessionMetrics,
  SessionHeartbeat,
  SignalRecord,
  TraceRecord,
  CommandAck,
  SenderClose,
  SessionEnd,
]);

/** What stands around the records; a bad field here is left out with a warning. */
export const IngestEnvelope = z.object({
  sdk: z
    .object({
      name: text.max(100),
      version: text.max(100),
      language: text.max(100),
      instance_id: Uuid,
      dropped: CountByReason.optional(),
    })
    .optional(),
  sent_at: Timestamp.optional(),
  policy_revisions: z.record(z.string(), z.int()).optional(),
});

/** The body of `POST /api/v1/ingest`. */
export const IngestBody = IngestEnvelope.extend({ records: z.array(IngestRecord) });

/** Why one record was refused (E5). */
export const Rejection = z.object({
  index: Count,
  code: z.enum([
    'invalid',
    'too_large',
    'conflict',
    'session_closed',
    'session_deleted',
    'unknown_kind',
    'session_not_found',
    'unavailable',
  ]),
  message: z.string(),
  retryable: z.boolean(),
});

/** What the policies say about a session (P3). */
export const PolicyDecision = z.object({
  action: z.enum(['warn', 'abort', 'retry', 'fallback']),
  policy_id: z.string(),
  revision: z.int(),
  threshold: z.number().nullable(),
  found: z.number().nullable(),
  max_delay_seconds: z.number().optional(),
  fallback_model: z.string().optional(),
});

/** Totals of one session named in the batch. */
export const IngestedSession = z.object({
  session_id: Uuid,
  status: z.enum(['running', 'done', 'stale']),
  total_cost: z.number(),
  step_count: Count,
  tree_cost: z.number(),
  tree_step_count: Count,
  day_cost: z.number(),
  day_steps: Count,
  org_day_cost: z.number(),
  org_day_steps: Count,
  warned: z.array(z.string()),
  policy_revision: z.int(),
  decision: PolicyDecision.optional().meta({
    description: 'what the policies say, for clients that do not ask them themselves',
  }),
});

/** The answer of ingest, given only after the commit is on disk. */
export const IngestAnswer = z.object({
  accepted: Count,
  duplicates: Count,
  rejected: z.array(Rejection),
  sessions: z.array(IngestedSession),
  control: z.array(
    z.object({
      session_id: Uuid,
      command_id: Uuid,
      command: z.string(),
      args: z.record(z.string(), Json),
    }),
  ),
  control_poll_ms: z.int().nullable(),
  warnings: z.array(z.string()),
});

/** A run begins. */
export type SessionStart = z.infer<typeof SessionStart>;
/** An event, finished or open. */
export type EventRecord = z.infer<typeof EventRecord>;
/** The close of an event. */
export type EventUpdate = z.infer<typeof EventUpdate>;
/** Any record. */
export type IngestRecord = z.infer<typeof IngestRecord>;
/** What stands around the records. */
export type IngestEnvelope = z.infer<typeof IngestEnvelope>;
/** The answer of ingest. */
export type IngestAnswer = z.infer<typeof IngestAnswer>;
/** Why one record was refused. */
export type Rejection = z.infer<typeof Rejection>;
