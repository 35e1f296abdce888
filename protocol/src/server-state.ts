import { z } from 'zod';
import { Count, CountByReason, Timestamp } from './scalars.ts';

/** The answer of `GET /health`: how the server is doing. */
export const HealthReport = z.object({
  version: z.string(),
  started_at: Timestamp,
  storage: z.object({
    ok: z.boolean(),
    detail: z.string(),
    queued_batches: Count,
    queued_bytes: Count,
  }),
  streams: Count,
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
