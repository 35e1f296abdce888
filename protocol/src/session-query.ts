import { z } from 'zod';
import { fromText, Timestamp, Uuid } from './scalars.ts';

const number = (what: string) =>
  fromText(
    z.coerce.number().refine(Number.isFinite, { message: `${what} must be a finite number` }),
  );
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const list = z
  .string()
  .max(4000)
  .transform((text) => text.split(',').filter((part) => part !== ''))
  .refine((parts) => parts.length > 0, { message: 'needs at least one value' });

/** Filters of every call over sessions; lists of values with commas. */
export const sessionFilters = {
  from: Timestamp.optional(),
  to: Timestamp.optional(),
  status: list.pipe(z.array(z.enum(['running', 'done', 'stale'])).max(3)).optional(),
  agent_id: list.pipe(z.array(z.string().max(128)).max(100)).optional(),
  environment: list.pipe(z.array(z.string().max(200)).max(20)).optional(),
  q: z.string().max(500).optional(),
  parent_session_id: Uuid.optional(),
  root_only: flag.optional(),
  has_errors: flag.optional(),
  goal_completed: flag.optional(),
  min_score: number('min_score').optional(),
  max_score: number('max_score').optional(),
  min_cost: number('min_cost').optional(),
  max_cost: number('max_cost').optional(),
  min_duration_ms: number('min_duration_ms').optional(),
  max_duration_ms: number('max_duration_ms').optional(),
  experiment_id: list.pipe(z.array(z.string().max(200)).max(20)).optional(),
  variant: list.pipe(z.array(z.string().max(200)).max(20)).optional(),
  user_id: list.pipe(z.array(z.string().max(200)).max(20)).optional(),
  conversation_id: list.pipe(z.array(z.string().max(200)).max(20)).optional(),
  tag: z
    .string()
    .max(270)
    .regex(/^[a-zA-Z0-9_.-]{1,64}:/, 'tag must be key:value')
    .optional(),
  incomplete: flag.optional(),
  quiet: flag.optional(),
} as const;

/** Orders of a list of sessions. */
export const SessionSort = z.enum([
  'started_at',
  '-started_at',
  'cost',
  '-cost',
  'duration',
  '-duration',
  'errors',
  '-errors',
]);

/** Query of `GET /sessions`. */
export const SessionListQuery = z.strictObject({
  ...sessionFilters,
  sort: SessionSort.default('-started_at'),
  limit: fromText(z.coerce.number().int().min(1).max(500).default(50)),
  cursor: z.string().max(500).optional(),
});

/** Query of `GET /sessions/stats`. */
export const SessionStatsQuery = z.strictObject({ ...sessionFilters });

/** Query of `GET /sessions/histogram`; `bucket` in seconds, absent: chosen for about 56 bars. */
export const SessionHistogramQuery = z.strictObject({
  ...sessionFilters,
  bucket: fromText(z.coerce.number().int().min(1).max(31_536_000)).optional(),
});

/** Query of `GET /sessions/export`. */
export const SessionExportQuery = z.strictObject({
  ...sessionFilters,
  format: z.enum(['csv', 'jsonl']),
  columns: list.pipe(z.array(z.string().max(64)).max(60)).optional(),
  sort: SessionSort.default('-started_at'),
});

/** Query of `GET /sessions/{id}/events`. */
export const EventListQuery = z.strictObject({
  after: fromText(z.coerce.number().int().min(0)).optional(),
  order: z.enum(['position', 'time']).default('position'),
  cursor: z.string().max(500).optional(),
  types: list.pipe(z.array(z.enum(['llm', 'tool', 'decision', 'error', 'log'])).max(5)).optional(),
  q: z.string().max(200).optional(),
  content: z.enum(['full', 'none']).default('full'),
  limit: fromText(z.coerce.number().int().min(1).max(500).default(200)),
});

const cursor = z.string().max(500).optional();
const limit = fromText(z.coerce.number().int().min(1).max(500).default(50));

/** Query of `GET /sessions/{id}/children`, newest first. */
export const ChildrenQuery = z.strictObject({ limit, cursor });

/** Query of `GET /sessions/{id}/tree`; the limit of levels is the default. */
export const SessionTreeQuery = z.strictObject({
  depth: fromText(z.coerce.number().int().min(1).max(10).default(10)),
});

/** Query of lists of signals and traces of one session. */
export const MomentListQuery = z.strictObject({ limit, cursor });

/**
 * Query of `GET /signals`: of some types, agents and environments, that occurred in `[from, to)`. Whoever leaves out the
 * subtype `policy_triggered` reads each decision once: it stands beside the guardrail or control signal of the decision.
 */
export const SignalListQuery = z.strictObject({
  from: Timestamp.optional(),
  to: Timestamp.optional(),
  type: list.pipe(z.array(z.string().max(64)).max(20)).optional(),
  without_subtype: list.pipe(z.array(z.string().max(64)).max(20)).optional(),
  agent_id: sessionFilters.agent_id,
  environment: sessionFilters.environment,
  limit,
  cursor,
});

/** Filters of sessions, read. */
export type SessionListQuery = z.infer<typeof SessionListQuery>;
/** Query of events, read. */
export type EventListQuery = z.infer<typeof EventListQuery>;
