import { z } from 'zod';
import { Event } from './event.ts';
import { Uuid } from './scalars.ts';
import { SessionRow } from './session.ts';
import { Signal } from './signal.ts';

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
