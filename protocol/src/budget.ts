import { z } from 'zod';
import { NanoUsd, Timestamp, Uuid } from './scalars.ts';

const amount = z
  .string()
  .regex(/^\d{1,18}$/, 'must be whole nano-USD as text of at most 18 digits')
  .meta({ description: 'whole nano-USD (1e-9 USD) as text' });

/** The body of `POST /budgets/lease` (P10). */
export const LeaseBudget = z.strictObject({
  session_id: Uuid.meta({ description: 'the lease ends with this session' }),
  sender: Uuid,
  spent_nano_usd: amount.meta({ description: 'what the sender has spent in the tree, in all' }),
  want_nano_usd: amount.meta({
    description: 'what it wants to spend from now on; 0 gives all back',
  }),
  booked_nano_usd: amount.optional().meta({
    description: 'what of it is for calls under way; nobody who waits gets that',
  }),
});

/** What a sender may spend of its tree's budget until then, beyond what it said it has spent. */
export const LeasedBudget = z.object({
  root_session_id: Uuid.meta({ description: 'leases of a sender are one in a tree' }),
  granted_nano_usd: NanoUsd,
  expires_at: Timestamp,
  exhausted: z.boolean().meta({ description: 'nothing is left, nor held by others' }),
});

/** What a sender asks of its tree's budget. */
export type LeaseBudget = z.infer<typeof LeaseBudget>;
/** What a sender may spend of its tree's budget. */
export type LeasedBudget = z.infer<typeof LeasedBudget>;
