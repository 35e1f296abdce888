import { success } from '@niitaka/core/result.ts';
import type { Command } from './command.ts';

const dayMs = 86_400_000;

/** How long a deletion stands in the live feed, ms: a stream that was away longer begins anew. */
export const deletionChangesKeptMs = dayMs;

/** How long the hash of a deleted session's id is kept, ms: 400 days. */
export const deletedSessionsKeptMs = 400 * dayMs;

/** How long Health shows what a process lost, ms: 30 days since it last told. */
export const lostRecordsKeptMs = 30 * dayMs;

/** How long a lease that ran out is kept, ms: what its sender said it spent is charged to the tree until then. */
export const budgetLeasesKeptMs = 7 * dayMs;

/** Rows of each kind forgotten in one transaction. */
export const forgetLimit = 500;

/** Forgets what was kept for a time only. */
export const forgetExpired: Command<null, { more: boolean }> = async ({ tx, nowMs }) => {
  const before = {
    deletionChangesMs: nowMs - deletionChangesKeptMs,
    deletedSessionsMs: nowMs - deletedSessionsKeptMs,
    lostRecordsMs: nowMs - lostRecordsKeptMs,
    budgetLeasesMs: nowMs - budgetLeasesKeptMs,
  };
  const forgotten = await tx.forgetExpired(before, forgetLimit);
  return success({ more: forgotten >= forgetLimit });
};
