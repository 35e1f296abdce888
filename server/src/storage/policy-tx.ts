import type { PolicyRevisionRow, PolicyRow } from './policy-rows.ts';

/** What tells the snapshots of an organisation apart. */
export interface SnapshotRevision {
  /** Moves with every change of a policy and of an agent's active version; 0 before the first. */
  readonly policies: number;
  /** Moves with every model that is used for the first time, and with every price that changes. */
  readonly prices: number;
}

/** Writes of policies; each change moves the organisation's policy revision, by which snapshots are told apart. */
export interface PolicyTx {
  /** Policies by age, at most `limit`. */
  policiesOf(orgId: string, limit: number): Promise<PolicyRow[]>;
  countPolicies(orgId: string): Promise<number>;
  findPolicy(orgId: string, id: string): Promise<PolicyRow | null>;
  insertPolicy(row: PolicyRow): Promise<void>;
  /** Writes revision and content where revision `before` still stands; answers whether it did. */
  updatePolicy(row: PolicyRow, before: number): Promise<boolean>;
  /** Removes the policy where revision `before` still stands; its revisions stay. */
  deletePolicy(orgId: string, id: string, before: number): Promise<boolean>;
  /** The newest revision that a policy ever had, deleted or not; 0 for none. */
  newestPolicyRevision(orgId: string, id: string): Promise<number>;
  insertPolicyRevision(row: PolicyRevisionRow): Promise<void>;
  movePolicyRevision(orgId: string): Promise<void>;
  snapshotRevision(orgId: string): Promise<SnapshotRevision>;
}

/** A model as calls named it, with the price that they were charged by. */
export interface UsedModel {
  readonly provider: string | null;
  readonly model: string;
  readonly priceId: number;
  /** The UTC day of its last use, ms since the epoch. */
  readonly seenOnMs: number;
}

/** Writes of the models that an organisation uses. */
export interface ModelTx {
  touchModels(orgId: string, models: readonly UsedModel[]): Promise<void>;
}

/** Reads of the models that an organisation uses. */
export interface ModelReader {
  /** Models used since a moment, each with the JSON of its price row, at most `limit`. */
  modelPrices(
    orgId: string,
    sinceMs: number,
    limit: number,
  ): Promise<{ provider: string | null; model: string; price: string }[]>;
}

/** Reads of what policies did. */
export interface PolicyHitReader {
  /** How often each policy acted since a moment, or would have in shadow; those that never did are left out. */
  policyHits(
    orgId: string,
    policyIds: readonly string[],
    sinceMs: number,
  ): Promise<{ policyId: string; hits: number }[]>;
}

/** Reads of policies. */
export interface PolicyReader {
  /** Policies by age, at most `limit`. */
  policies(orgId: string, limit: number): Promise<PolicyRow[]>;
  policy(orgId: string, id: string): Promise<PolicyRow | null>;
  /** Revisions of one policy, newest first, also of one that was deleted. */
  policyRevisions(orgId: string, id: string, limit: number): Promise<PolicyRevisionRow[]>;
  snapshotRevision(orgId: string): Promise<SnapshotRevision>;
}
