import { grantLease, treeBudget, type BudgetLease } from '@niitaka/core/policy/grant-lease.ts';
import { failure, success } from '@niitaka/core/result.ts';
import type { StoredLease, TreeBudget } from '../storage/budget-tx.ts';
import type { Command, CommandContext } from './command.ts';

export interface LeaseBudget {
  readonly orgId: string;
  readonly sessionId: string;
  readonly sender: string;
  /** What the sender has spent in the tree, all in all. */
  readonly spentNanoUsd: bigint;
  readonly wantNanoUsd: bigint;
  /** What of it is for calls under way. */
  readonly bookedNanoUsd?: bigint;
}

export interface LeasedBudget {
  /** Senders that began below in the tree need not know it. */
  readonly rootSessionId: string;
  readonly grantedNanoUsd: bigint;
  readonly expiresAtMs: number;
  readonly isExhausted: boolean;
}

/** How long a lease holds unless it is renewed. */
export const leaseMs = 60_000;

/** Senders that hold leases of one tree. */
export const leaseLimit = 10_000;

/** Gives a sender a part of what its session's tree may spend; without a limit on the tree, what it wants (P10). */
export const leaseBudget: Command<LeaseBudget, LeasedBudget> = async (context, args) => {
  const { orgId, sessionId, sender, wantNanoUsd } = args;
  const budget = await context.tx.openBudget(orgId, sessionId, leaseLimit + 1);
  if (budget === null) {
    const message = `Cannot lease a budget: session ${sessionId} has not started`;
    return failure('session_not_found', message);
  }
  if (budget.status === 'done') {
    return failure('session_closed', `Cannot lease a budget: session ${sessionId} is done`);
  }
  const { rootSessionId } = budget;
  const expiresAtMs = context.nowMs + leaseMs;
  const limitNanoUsd = await limitOf(context, orgId, budget);
  if (limitNanoUsd === null) {
    const whole = { grantedNanoUsd: wantNanoUsd, expiresAtMs, isExhausted: false };
    return success({ rootSessionId, ...whole });
  }
  const own = budget.leases.find((lease) => lease.sender === sender);
  if (own === undefined && budget.leases.length > leaseLimit) {
    const found = `${leaseLimit} senders hold leases of this tree`;
    return failure('over_limit', `Cannot lease a budget: ${found}, and no more may`);
  }
  const granted = grantLease({
    ...args,
    limitNanoUsd,
    treeCostNanoUsd: budget.treeCostNanoUsd,
    own: await ownLease(context, args, budget, own),
    others: budget.leases
      .filter((lease) => lease !== own)
      .map((lease) => leaseOf(lease, context.nowMs)),
  });
  const row = { rootSessionId, sender, sessionId, ...granted.lease, expiresAtMs };
  await context.tx.saveLease(orgId, row);
  const { grantedNanoUsd, isExhausted } = granted;
  return success({ rootSessionId, grantedNanoUsd, expiresAtMs, isExhausted });
};

async function limitOf(
  { policies, tx }: CommandContext,
  orgId: string,
  { agentId, environment }: TreeBudget,
): Promise<bigint | null> {
  const compiled = await (await policies.read(tx, orgId)).of(tx, agentId, environment);
  return compiled === null ? null : treeBudget(compiled);
}

function leaseOf(lease: StoredLease, nowMs: number): BudgetLease {
  return { ...lease, isLive: !lease.isOver && lease.expiresAtMs > nowMs };
}

/** What a sender without a living lease spent before is added up anew: it may be in the tree's cost. */
async function ownLease(
  { tx, nowMs }: CommandContext,
  { orgId, sender, spentNanoUsd }: LeaseBudget,
  { rootSessionId }: TreeBudget,
  stored: StoredLease | undefined,
): Promise<BudgetLease> {
  const known = stored === undefined ? null : leaseOf(stored, nowMs);
  if (known?.isLive === true) return known;
  const hasSpent = spentNanoUsd > 0n || known !== null;
  return {
    capNanoUsd: 0n,
    spentNanoUsd: known?.spentNanoUsd ?? 0n,
    ingestedNanoUsd: hasSpent ? await tx.ingestedBy(orgId, rootSessionId, sender) : 0n,
    unmetNanoUsd: 0n,
    isLive: false,
  };
}
