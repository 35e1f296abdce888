import type { PolicyMode, PolicyScope, PolicyType } from '@niitaka/core/policy/policy.ts';

/** What a policy says: everything but who it is. */
export interface PolicyContent {
  readonly name: string;
  readonly type: PolicyType;
  readonly agentId: string | null;
  readonly environment: string | null;
  readonly priority: number;
  readonly scope: PolicyScope;
  readonly mode: PolicyMode;
  /** By the policy's type, as the wire names its fields. */
  readonly condition: Readonly<Record<string, unknown>>;
  readonly action: Readonly<Record<string, unknown>>;
}

/** One policy as it stands. */
export interface PolicyRow {
  readonly orgId: string;
  readonly id: string;
  readonly revision: number;
  readonly createdAtMs: number;
  readonly content: PolicyContent;
}

/** What a policy was from one change to the next; without content it was deleted. */
export interface PolicyRevisionRow {
  readonly orgId: string;
  readonly policyId: string;
  readonly revision: number;
  readonly author: string;
  readonly atMs: number;
  readonly content: PolicyContent | null;
}
