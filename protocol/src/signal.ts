import { z } from 'zod';
import { Count, Json, Timestamp, Uuid } from './scalars.ts';

/** One signal as lists and the stream carry it (G1). */
export const Signal = z.object({
  id: Uuid,
  type: z.string(),
  subtype: z.string(),
  action: z.string().nullable(),
  severity: z.enum(['info', 'warning', 'critical']),
  agent_id: z.string().nullable(),
  session_id: Uuid.nullable(),
  event_id: Uuid.nullable(),
  policy_id: z.string().nullable(),
  message: z.string(),
  data: Json,
  occurred_at: Timestamp,
});

/** How much of the feed a person has not read (G2). */
export const UnreadSignals = z.object({
  unread: Count.nullable().meta({ description: 'counted to 1,000; null for a key' }),
  read_until: Timestamp.nullable().meta({
    description: 'what occurred later is unread; at first when they were invited; null for a key',
  }),
});

/** A page of signals, newest first. */
export const SignalPage = z.object({ items: z.array(Signal), next_cursor: z.string().nullable() });

/** A page of the feed, with what of the whole feed is unread. */
export const SignalFeed = SignalPage.extend(UnreadSignals.shape);

/** The body of `POST /signals/read`: what occurred until then is read; a mark never goes back. */
export const ReadSignals = z.strictObject({ until: Timestamp });

/** One decision trace (P7). */
export const Trace = z.object({
  id: Uuid,
  session_id: Uuid,
  event_id: Uuid.nullable(),
  policy_id: z.string().nullable(),
  policy_revision: z.int().nullable(),
  action: z.string(),
  inputs: Json,
  considered: z.array(
    z.object({
      policy_id: z.string(),
      revision: z.int().nullable(),
      result: z.string(),
      mode: z.string().nullable(),
    }),
  ),
  errors: z.array(z.object({ policy_id: z.string(), at: z.string() })),
  decided_by: z.array(z.enum(['sdk', 'server'])),
  enforced: z.boolean(),
  latency_us: z.number().nullable(),
  occurred_at: Timestamp,
});

/** A page of traces, oldest first. */
export const TracePage = z.object({ items: z.array(Trace), next_cursor: z.string().nullable() });

/** One signal. */
export type Signal = z.infer<typeof Signal>;
/** How much of the feed is unread. */
export type UnreadSignals = z.infer<typeof UnreadSignals>;
/** A page of the feed. */
export type SignalFeed = z.infer<typeof SignalFeed>;
/** A page of signals. */
export type SignalPage = z.infer<typeof SignalPage>;
/** One decision trace. */
export type Trace = z.infer<typeof Trace>;
/** A page of traces. */
export type TracePage = z.infer<typeof TracePage>;
