import { z } from 'zod';
import { Event } from './event.ts';
import { Uuid } from './scalars.ts';
import { SessionRow } from './session.ts';
import { Signal } from './signal.ts';

/** Query of `GET /stream`; `last_event_id` is for clients that cannot send the header. */
export const StreamQuery = z.strictObject({
  topics: z
    .string()
    .default('sessions,signals')
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(['sessions', 'signals'])).min(1)),
  session_id: Uuid.optional(),
  last_event_id: z.string().max(200).optional(),
});

/** The body of `PATCH /stream/{stream_id}`: the session whose events the stream carries, or null. */
export const FollowSession = z.strictObject({ session_id: Uuid.nullable() });

/** The payload of each `event:` name of `GET /api/v1/stream`. */
export const liveMessages = {
  hello: z.object({ revision: z.int(), stream_id: Uuid }),
  session: SessionRow,
  signal: Signal,
  deleted: z.object({ id: Uuid }),
  event: z.object({ session_id: Uuid, event: Event }),
  reset: z.object({ revision: z.int() }),
  bye: z.object({ reason: z.string() }),
  limit: z.object({ limit: z.int(), detail: z.string() }),
} as const;

/** The name of a live message. */
export type LiveName = keyof typeof liveMessages;

/** A live message's payload by its name. */
export type LiveMessage<N extends LiveName> = z.infer<(typeof liveMessages)[N]>;
