import { z } from 'zod';
import { Json, Timestamp, Uuid } from './scalars.ts';

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

/** A page of signals, newest first. */
export const SignalPage = z.object({ items: z.array(Signal), next_cursor: z.string().nullable() });

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
/** A page of signals. */
export type SignalPage = z.infer<typeof SignalPage>;
/** One decision trace. */
export type Trace = z.infer<typeof Trace>;
/** A page of traces. */
export type TracePage = z.infer<typeof TracePage>;
