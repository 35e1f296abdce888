import { z } from 'zod';
import {
  Count,
  EventType,
  Json,
  Level,
  NanoUsd,
  Timestamp,
  Truncation,
  Usd,
  Uuid,
} from './scalars.ts';

/** How the cost of a call came about (C1). */
export const CostSource = z.enum(['reported', 'computed', 'estimated', 'unpriced']);

/** The cost of one call, to the last digit. */
export const EventCost = z.object({
  source: CostSource,
  cost: Usd.nullable(),
  cost_nano_usd: NanoUsd.nullable(),
  classes: z.record(z.string(), NanoUsd),
  table_version: z.string().nullable(),
  price: Json,
});

/** One event without its content, as the timeline draws it. */
export const EventBrief = z.object({
  event_id: Uuid,
  position: Count,
  type: EventType,
  name: z.string().nullable(),
  parent_event_id: Uuid.nullable(),
  sender: Uuid.nullable(),
  seq: Count.nullable(),
  started_at: Timestamp,
  ended_at: Timestamp.nullable(),
  latency_ms: z.number().nullable(),
  level: Level.nullable(),
  after_end: z.boolean(),
  unfinished: z.boolean().meta({ description: 'open although the session is not running (E4)' }),
  model: z.string().nullable(),
  input_tokens: Count.nullable(),
  output_tokens: Count.nullable(),
  time_to_first_token_ms: z.number().nullable(),
  cost: Usd.nullable(),
  cost_source: CostSource.nullable(),
  brief: z
    .string()
    .nullable()
    .meta({ description: 'error or log message, decision or finish reason, cut at 200' }),
});

/** One event whole. */
export const Event = EventBrief.extend({
  started_at_sent: Timestamp,
  ended_at_sent: Timestamp.nullable(),
  received_at: Timestamp,
  data: Json,
  truncated: z.array(Truncation),
  cost_detail: EventCost.nullable(),
});

/** A page of events; `next_after` for order by position, `next_cursor` for order by time. */
export const EventPage = z.object({
  items: z.array(Event),
  next_after: Count.nullable(),
  next_cursor: z.string().nullable(),
});

/** A page of events without content (`content=none`). */
export const EventBriefPage = EventPage.extend({ items: z.array(EventBrief) });

/** One event without its content. */
export type EventBrief = z.infer<typeof EventBrief>;
/** One event whole. */
export type Event = z.infer<typeof Event>;
/** A page of whole events. */
export type EventPage = z.infer<typeof EventPage>;
/** A page of brief events. */
export type EventBriefPage = z.infer<typeof EventBriefPage>;
/** The cost of one call. */
export type EventCost = z.infer<typeof EventCost>;
