import type { CompiledPolicies } from './compile-policies.ts';

/** The part of a tree's budget that one sender holds; all nano-USD, counted from the sender's first call in the tree. */
export interface BudgetLease {
  /** What the sender may have spent in all. */
  readonly capNanoUsd: bigint;
  /** What it said that it has spent. */
  readonly spentNanoUsd: bigint;
  /** What of it is in the tree's cost already. */
  readonly ingestedNanoUsd: bigint;
  /** What it wanted last and did not get. */
  readonly unmetNanoUsd: bigint;
  /** Whether the sender may still spend by it: one that ran out is charged with what was said (P10). */
  readonly isLive: boolean;
}

/** What a sender asks for. */
export interface LeaseRequest {
  /** The smallest limit on the tree. */
  readonly limitNanoUsd: bigint;
  /** What the tree has spent, as stored. */
  readonly treeCostNanoUsd: bigint;
  readonly spentNanoUsd: bigint;
  readonly wantNanoUsd: bigint;
  /** What of it is for calls under way: it is not taken from who holds it. */
  readonly bookedNanoUsd?: bigint;
  readonly own: BudgetLease;
  readonly others: readonly BudgetLease[];
}

/** What it gets. */
export interface GrantedLease {
  /** What it may spend from now on; the rest of an older lease is in it. */
  readonly grantedNanoUsd: bigint;
  readonly lease: Omit<BudgetLease, 'isLive'>;
  /** Nothing would be left even if every lease were given back; else who got nothing may wait for others. */
  readonly isExhausted: boolean;
}

/** The smallest limit that stops a tree, as it is enforced; null where none is. */
export function treeBudget({ costLimits }: CompiledPolicies): bigint | null {
  let least: bigint | null = null;
  for (const { policy } of costLimits) {
    if (policy.scope !== 'tree' || policy.action !== 'abort' || policy.mode !== 'enforce') continue;
    if (least === null || policy.costExceededNanoUsd < least) least = policy.costExceededNanoUsd;
  }
  return least;
}

/**
 * Grants what is wanted from what neither the tree has spent nor another holds (P10). Where that is short, whoever
 * renews while others wait keeps what its calls under way are booked at and half of the rest, so that they get theirs.
 */
export function grantLease(asked: LeaseRequest): GrantedLease {
  const { limitNanoUsd, treeCostNanoUsd, wantNanoUsd: want, own, others } = asked;
  const spent = most(own.spentNanoUsd, asked.spentNanoUsd);
  const ownCharge = atLeast0(spent - own.ingestedNanoUsd);
  const left = limitNanoUsd - treeCostNanoUsd - ownCharge;
  const free = atLeast0(left - sum(others.map(reservedBy)));
  const waiting = sum(others.map(({ isLive, unmetNanoUsd }) => (isLive ? unmetNanoUsd : 0n)));
  const held = own.isLive ? atLeast0(own.capNanoUsd - spent) : 0n;
  const isShort = free < want + waiting;
  const booked = least(held, asked.bookedNanoUsd ?? 0n);
  const kept = booked + (held - booked + 1n) / 2n;
  const share = isShort && held > 0n ? most(kept, free - waiting) : free;
  const granted = least(want, least(share, free));
  return {
    grantedNanoUsd: granted,
    lease: {
      capNanoUsd: spent + granted,
      spentNanoUsd: spent,
      ingestedNanoUsd: own.ingestedNanoUsd,
      unmetNanoUsd: want - granted,
    },
    isExhausted: left - sum(others.map(chargedTo)) <= 0n,
  };
}

/** What nobody else may spend because of a lease. */
function reservedBy(lease: BudgetLease): bigint {
  if (!lease.isLive) return chargedTo(lease);
  return atLeast0(most(lease.capNanoUsd, lease.spentNanoUsd) - lease.ingestedNanoUsd);
}

/** What was spent by it and is not in the tree's cost yet. */
function chargedTo({ spentNanoUsd, ingestedNanoUsd }: BudgetLease): bigint {
  return atLeast0(spentNanoUsd - ingestedNanoUsd);
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}

function atLeast0(amount: bigint): bigint {
  return most(amount, 0n);
}

function most(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

function least(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
