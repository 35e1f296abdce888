import { z } from 'zod';
import { Count, CountByReason, Timestamp } from './scalars.ts';

const Rate = z.number().min(0);

/** The answer of `GET /health`: how the process that answers and its storage are doing. */
export const HealthReport = z.object({
  version: z.string(),
  started_at: Timestamp,
  storage: z.object({
    engine: z.enum(['sqlite', 'postgres']),
    ok: z.boolean(),
    detail: z.string(),
    bytes: Count.nullable().meta({ description: 'null while the storage cannot say' }),
    log_bytes: Count.nullable().meta({ description: 'the log beside a database file' }),
    queued_batches: Count,
    queued_bytes: Count,
    queue_age_ms: Count.meta({ description: 'how long the oldest batch has waited' }),
    errors: Count.meta({ description: 'failures of the storage since this process began' }),
  }),
  ingest: z.object({
    records_per_second: Rate.meta({ description: 'over the last minute' }),
    batches_per_second: Rate,
    ack_p50_ms: Rate.nullable().meta({ description: 'null when nothing came in the last minute' }),
    ack_p99_ms: Rate.nullable(),
    records_per_commit: Rate.nullable(),
    refused_batches: Count.meta({ description: 'refused for load since this process began' }),
    history: z
      .array(Rate)
      .max(60)
      .meta({ description: 'records per second in slots of five seconds, oldest first' }),
  }),
  sweep: z.object({
    last_ran_at: Timestamp.nullable(),
    lag_ms: Count.meta({ description: 'since stale sessions were last looked for' }),
  }),
  streams: Count,
  slow_streams: Count.meta({ description: 'closed for reading too slowly' }),
  stream_returns: CountByReason.meta({
    description: 'streams that came back: resumed, or reset because too much had changed',
  }),
  memory_bytes: Count,
  lost_by_senders: CountByReason.meta({
    description: 'records that SDKs lost before any session knew of them, by reason',
  }),
});

/** The answer of `POST /samples`: `running` until all sample sessions are sent. */
export const SampleState = z.object({ state: z.enum(['running', 'done']) });

/** The answer of `DELETE /samples`. */
export const RemovedSamples = z.object({ removed: Count });

/** How the server is doing. */
export type HealthReport = z.infer<typeof HealthReport>;
/** Whether sample data is being sent. */
export type SampleState = z.infer<typeof SampleState>;
/** How many sample sessions were removed. */
export type RemovedSamples = z.infer<typeof RemovedSamples>;
