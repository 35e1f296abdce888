import { z } from 'zod';
import { fromText, Json, Timestamp, Uuid, wholeNanoUsd } from './scalars.ts';

/** What an operator may ask of a running session (G3). */
export const ControlKind = z.enum(['pause', 'resume', 'abort', 'limit', 'model', 'end']);

const scope = z
  .enum(['session', 'tree'])
  .default('session')
  .meta({ description: 'the session alone, or it and everything below it' });
const none = z.strictObject({}).default({});

/** The body of `POST /sessions/{id}/commands`. */
export const GiveCommand = z.discriminatedUnion('command', [
  z.strictObject({
    command: z.literal('pause'),
    args: z.strictObject({ max_seconds: z.int().min(1).max(86_400).default(3_600) }).prefault({}),
    scope,
  }),
  z.strictObject({ command: z.literal('resume'), args: none, scope }),
  z.strictObject({
    command: z.literal('abort'),
    args: z.strictObject({ reason: z.string().trim().max(500).default('') }).prefault({}),
    scope,
  }),
  z.strictObject({
    command: z.literal('limit'),
    args: z
      .strictObject({
        cost_usd: wholeNanoUsd(z.number().min(0).max(1_000_000)).optional(),
        steps: z.int().min(0).max(1_000_000_000).optional(),
      })
      .refine((args) => args.cost_usd !== undefined || args.steps !== undefined, {
        message: 'needs cost_usd or steps',
      }),
    scope,
  }),
  z.strictObject({
    command: z.literal('model'),
    args: z.strictObject({ model: z.string().trim().min(1).max(200) }),
    scope,
  }),
  z.strictObject({ command: z.literal('end'), args: none, scope }),
]);

/** A command given to one session, with what became of it. */
export const SessionCommand = z.object({
  id: Uuid,
  session_id: Uuid,
  command: ControlKind,
  args: z.record(z.string(), Json),
  scope: z.enum(['session', 'tree']),
  requested_by: z.string(),
  requested_at: Timestamp,
  delivered_at: Timestamp.nullable(),
  obeyed_at: Timestamp.nullable(),
  refused_at: Timestamp.nullable(),
  refused_reason: z.string().nullable(),
});

/** The commands of a session, newest first. */
export const CommandList = z.object({ items: z.array(SessionCommand) });

/** A given command: to the session asked, and how many sessions it reached. */
export const GivenCommand = z.object({
  command: SessionCommand,
  sessions: z.int().min(1).meta({ description: 'sessions it was given to, this one included' }),
});

/** One command as an SDK is told it. */
export const ControlOrder = z.object({
  session_id: Uuid,
  command_id: Uuid,
  command: ControlKind,
  args: z.record(z.string(), Json),
});

/** Sessions that one call may ask for. */
export const controlSessions = 500;

/** Query of `GET /control`. */
export const ControlQuery = z.strictObject({
  session_id: z
    .string()
    .max(controlSessions * 37)
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(Uuid).min(1).max(controlSessions)),
  wait: fromText(z.coerce.number().min(0).max(25).default(0)).meta({
    description: 'seconds to wait for a command',
  }),
});

/** The answer of `GET /control`: every command not acknowledged yet. */
export const ControlAnswer = z.object({
  control: z.array(ControlOrder),
  control_poll_ms: z.int().nullable(),
});

/** The body of `POST /sessions/{id}/commands`, read. */
export type GiveCommand = z.infer<typeof GiveCommand>;
/** A command given to one session. */
export type SessionCommand = z.infer<typeof SessionCommand>;
/** A given command. */
export type GivenCommand = z.infer<typeof GivenCommand>;
/** The commands of a session. */
export type CommandList = z.infer<typeof CommandList>;
/** One command as an SDK is told it. */
export type ControlOrder = z.infer<typeof ControlOrder>;
/** The answer of `GET /control`. */
export type ControlAnswer = z.infer<typeof ControlAnswer>;
