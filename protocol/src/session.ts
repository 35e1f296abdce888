import { z } from 'zod';
import {
  Count,
  CountByReason,
  EventType,
  Json,
  MetricValue,
  NanoUsd,
  SessionStatus,
  Tags,
  Timestamp,
  Truncation,
  Usd,
  Uuid,
} from './scalars.ts';

/** What arrived of what was sent (D1). */
export const Delivery = z.object({
  expected: Count,
  received: Count,
  refused: Count,
  missing: Count,
  dropped: Count,
  dropped_by: CountByReason,
  open_senders: Count,
  incomplete: z.boolean(),
});

/** Sums over a session and all its descendants (S9). */
export const TreeTotals = z.object({
  sessions: Count,
  running: Count,
  total_cost: Usd,
  total_cost_nano_usd: NanoUsd,
  late_cost: Usd,
  total_tokens: Count,
  step_count: Count,
  error_count: Count,
  unpriced_count: Count,
  truncated: z
    .boolean()
    .meta({ description: 'true when more than 10,000 descendants were left out' }),
});

/** The call a running session is in, by its newest open event (S4). */
export const WaitingFor = z.object({
  event_id: Uuid,
  type: EventType,
  name: z.string().nullable(),
  since: Timestamp,
});

/** One session as lists and the live stream carry it. */
export const SessionRow = z.object({
  id: Uuid,
  agent_id: z.string().nullable(),
  goal: z.string().nullable(),
  status: SessionStatus,
  environment: z.string(),
  started_at: Timestamp,
  ended_at: Timestamp.nullable(),
  last_seen_at: Timestamp,
  last_event_at: Timestamp.nullable(),
  duration_ms: Count.nullable().meta({ description: 'null while running' }),
  parent_session_id: Uuid.nullable(),
  root_session_id: Uuid,
  depth: Count,
  parent_refused: z.string().nullable(),
  experiment_id: z.string().nullable(),
  variant: z.string().nullable(),
  agent_version: z.string().nullable(),
  user_id: z.string().nullable(),
  conversation_id: z.string().nullable(),
  total_cost: Usd,
  total_cost_nano_usd: NanoUsd,
  late_cost: Usd,
  total_tokens: Count,
  input_tokens: Count,
  output_tokens: Count,
  event_count: Count,
  step_count: Count,
  llm_count: Count,
  tool_count: Count,
  error_count: Count,
  unpriced_count: Count,
  metrics: z.record(z.string(), MetricValue),
  tags: Tags,
  closed_by: z.enum(['sdk', 'server', 'operator']).nullable(),
  aborted: z.boolean().meta({ description: 'a policy or an operator stopped the run' }),
  quiet: z.boolean().meta({ description: 'heartbeats but no event for quietAfter (S4)' }),
  waiting_for: WaitingFor.nullable(),
  delivery: Delivery,
  child_count: Count,
  tree: TreeTotals.nullable().meta({ description: 'null when the session has no children' }),
  matched_descendants: Count.optional(),
});

/** One session whole, as the drawer reads it. */
export const SessionDetail = SessionRow.extend({
  started_at_sent: Timestamp,
  ended_at_sent: Timestamp.nullable(),
  clock_offset_ms: z.int(),
  metadata: Json,
  truncated: z.array(Truncation),
  agent_name: z.string().nullable(),
  parent: z
    .object({ id: Uuid, goal: z.string().nullable(), agent_id: z.string().nullable() })
    .nullable(),
  senders: z.array(
    z.object({
      sender: Uuid,
      expected: Count,
      received: Count,
      refused: Count,
      dropped: Count,
      missing: Count,
      dropped_by: CountByReason,
      omitted: CountByReason,
      closed: z.boolean(),
      clock_offset_ms: z.int(),
    }),
  ),
  signal_count: Count,
  trace_count: Count,
});

/** One page of sessions. */
export const SessionPage = z.object({
  items: z.array(SessionRow),
  next_cursor: z.string().nullable(),
  total_estimate: Count,
});

/** One node of `/sessions/{id}/tree`: rows in depth-first order, newest child first. */
export const SessionTree = z.object({
  root: Uuid,
  items: z.array(
    SessionRow.extend({
      hidden_descendants: Count.meta({ description: 'descendants below the depth limit' }),
    }),
  ),
  depth_limit: Count,
  truncated: z.boolean(),
});

const TileSeries = z.array(z.number());

/** The four tiles with the equal range before and a sparkline each. */
export const SessionStats = z.object({
  from: Timestamp.nullable(),
  to: Timestamp.nullable(),
  total_sessions: z.object({ value: Count, previous: Count.nullable(), series: TileSeries }),
  running: z.object({ value: Count, quiet: Count, series: TileSeries }),
  total_cost: z.object({
    value: Usd,
    nano_usd: NanoUsd,
    previous: Usd.nullable(),
    late: Usd,
    unpriced: Count,
    incomplete: Count,
    series: TileSeries,
  }),
  unique_agents: z.object({ value: Count, previous: Count.nullable(), series: TileSeries }),
  by_status: z.object({ running: Count, done: Count, stale: Count }),
  with_errors: Count,
});

/** Sessions by bucket of their start, stacked by status. */
export const SessionHistogram = z.object({
  from: Timestamp,
  to: Timestamp,
  bucket_ms: Count,
  buckets: z.array(
    z.object({
      start: Timestamp,
      done: Count,
      stale: Count,
      running: Count,
      with_errors: Count.meta({ description: 'of all three, those with errors' }),
    }),
  ),
});

/** Cost of one session taken apart (C1). */
export const SessionCost = z.object({
  total_cost: Usd,
  total_cost_nano_usd: NanoUsd,
  late_cost: Usd,
  by_model: z.array(
    z.object({
      provider: z.string().nullable(),
      model: z.string().nullable(),
      calls: Count,
      input_tokens: Count,
      output_tokens: Count,
      cost: Usd,
      cost_nano_usd: NanoUsd,
      unpriced: Count,
    }),
  ),
  by_class: z.array(
    z.object({ token_class: z.string(), tokens: Count, cost: Usd, cost_nano_usd: NanoUsd }),
  ),
  by_source: z.array(z.object({ source: z.string(), calls: Count, cost: Usd })),
  steps: z
    .array(z.object({ event_id: Uuid, at: Timestamp, model: z.string().nullable(), cost: Usd }))
    .meta({ description: 'priced calls in time order, at most 2,000' }),
  unpriced: z
    .array(z.object({ event_id: Uuid, at: Timestamp, model: z.string().nullable() }))
    .meta({ description: 'calls without a price, at most 500' }),
  tree: TreeTotals.nullable(),
  tree_by_model: z.array(z.object({ model: z.string().nullable(), calls: Count, cost: Usd })),
});

/** A session as lists carry it. */
export type SessionRow = z.infer<typeof SessionRow>;
/** A session as the drawer reads it. */
export type SessionDetail = z.infer<typeof SessionDetail>;
/** A page of sessions. */
export type SessionPage = z.infer<typeof SessionPage>;
/** A tree of sessions. */
export type SessionTree = z.infer<typeof SessionTree>;
/** The tiles. */
export type SessionStats = z.infer<typeof SessionStats>;
/** The histogram. */
export type SessionHistogram = z.infer<typeof SessionHistogram>;
/** The cost tab. */
export type SessionCost = z.infer<typeof SessionCost>;
/** The delivery ledger's sums. */
export type Delivery = z.infer<typeof Delivery>;
/** Sums over a subtree. */
export type TreeTotals = z.infer<typeof TreeTotals>;
