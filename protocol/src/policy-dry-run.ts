import { z } from 'zod';
import { CreatePolicy } from './policy.ts';
import { Count, Timestamp, Usd, Uuid } from './scalars.ts';

/** Sessions that the result of a dry run tells one by one. */
export const dryRunItems = 200;

/** The body of `POST /policies/dry-run` (P9): a policy, saved or not, and the sessions that started in a range. */
export const DryRunPolicy = z
  .strictObject({
    policy: CreatePolicy.optional(),
    policy_id: z.string().min(1).max(200).optional(),
    from: Timestamp,
    to: Timestamp,
    environment: z.string().min(1).max(200).optional(),
    agent_id: z.string().min(1).max(128).optional(),
  })
  .refine(({ policy, policy_id: id }) => (policy === undefined) !== (id === undefined), {
    path: ['policy'],
    message: 'wanted one of policy and policy_id',
  });

/** How far a dry run has come. */
export const DryRunProgress = z.object({ sessions_done: Count, sessions_total: Count });

/** What the policy would have done to one session. */
export const DryRunItem = z.object({
  session_id: Uuid,
  goal: z.string().nullable(),
  agent_id: z.string().nullable(),
  started_at: Timestamp,
  event_id: Uuid.nullable().meta({ description: 'null before the first step' }),
  at: Timestamp,
  action: z.enum(['warn', 'abort', 'retry', 'fallback']),
  found: z.number().nullable(),
  threshold: z.number().nullable(),
  cost_saved: Usd,
});

/** What the policy would have done; counts are of sessions. */
export const DryRunResult = z.object({
  sessions: Count,
  warned: Count,
  aborted: Count,
  passed_at_end: Count.meta({
    description: 'the last step passed the limit: none was left to stop',
  }),
  retried: Count,
  fallback: Count,
  cost_saved: Usd,
  goal_completed_among_aborted: Count,
  unpriced: Count.meta({ description: 'of those touched: with calls without a price' }),
  items_total: Count,
  items: z.array(DryRunItem).max(dryRunItems),
});

/** What to replay against which policy. */
export type DryRunPolicy = z.infer<typeof DryRunPolicy>;
/** How far a dry run has come. */
export type DryRunProgress = z.infer<typeof DryRunProgress>;
/** What the policy would have done to one session. */
export type DryRunItem = z.infer<typeof DryRunItem>;
/** What the policy would have done. */
export type DryRunResult = z.infer<typeof DryRunResult>;
