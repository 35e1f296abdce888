import type { SessionStatus } from '@niitaka/core/session/session.ts';

/** A part of a tree's budget as it is stored, by tree and sender. */
export interface LeaseRow {
  readonly rootSessionId: string;
  readonly sender: string;
  /** The session that it was asked for: the lease ends with it. */
  readonly sessionId: string;
  readonly capNanoUsd: bigint;
  readonly spentNanoUsd: bigint;
  readonly ingestedNanoUsd: bigint;
  readonly unmetNanoUsd: bigint;
  readonly expiresAtMs: number;
}

/** A lease with whether its session is over, or gone. */
export interface StoredLease extends LeaseRow {
  readonly isOver: boolean;
}

/** What a session's tree has spent, and who holds parts of its budget. */
export interface TreeBudget {
  readonly agentId: string | null;
  readonly environment: string;
  readonly status: SessionStatus;
  readonly rootSessionId: string;
  readonly treeCostNanoUsd: bigint;
  readonly leases: readonly StoredLease[];
}

/** Cost of a sender's calls that was added to a tree, or taken back. */
export interface LeaseCharge {
  readonly rootSessionId: string;
  readonly sender: string;
  readonly costNanoUsd: bigint;
}

/** Writes of leases of trees' budgets. */
export interface BudgetTx {
  /**
   * The budget of a session's tree under the lock by which tree totals and leases move, held until the transaction
   * ends; no session is locked after it. At most `limit` leases; null for an unknown session.
   */
  openBudget(orgId: string, sessionId: string, limit: number): Promise<TreeBudget | null>;
  /** What of a sender's calls is in a tree's cost, added up event by event. */
  ingestedBy(orgId: string, rootSessionId: string, sender: string): Promise<bigint>;
  saveLease(orgId: string, lease: LeaseRow): Promise<void>;
  /** Moves what of leases is ingested; senders without a lease are passed over. */
  chargeLeases(orgId: string, charges: readonly LeaseCharge[]): Promise<void>;
}
