import type { AgentOverride, EndedSession } from '@niitaka/core/agent/agent-status.ts';
import type { RunningVersion, VersionState } from '@niitaka/core/agent/agent-version.ts';

/** An agent as it stands. */
export interface AgentRow {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly statusOverride: AgentOverride | null;
  readonly createdAtMs: number;
  readonly sessionCount: number;
  readonly lastStartedAtMs: number | null;
  /** The number of its active version. */
  readonly activeVersion: number | null;
}

/** What of an agent people edit. */
export type AgentEdits = Pick<AgentRow, 'id' | 'name' | 'description' | 'statusOverride'>;

/** One version of an agent. */
export interface VersionRow extends RunningVersion {
  readonly orgId: string;
  readonly state: VersionState;
  /** Rises with every change of its content. */
  readonly revision: number;
  readonly author: string;
  /** When it last became active. */
  readonly activatedAtMs: number | null;
}

/** Which agents are listed; by id, after one of them. */
export interface AgentListRequest {
  readonly afterId: string | null;
  readonly limit: number;
  readonly includesArchived: boolean;
  /** Those that ran in one of these, and those that never ran; absent: all. */
  readonly environments?: readonly string[] | undefined;
}

/** Over which sessions an agent's figures are. */
export interface AgentRange {
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly environments?: readonly string[] | undefined;
}

/** What an agent's figures are asked with. */
export interface AgentFiguresRequest {
  /** At most 500. */
  readonly agentIds: readonly string[];
  readonly range: AgentRange;
  readonly bucketMs: number;
  /** Ended sessions of each agent that durations are of, the last ended first. */
  readonly durations: number;
}

/** Sums over the sessions of one agent that started in one bucket. */
export interface AgentCell {
  readonly startMs: number;
  readonly sessions: number;
  readonly withErrors: number;
  readonly costNanoUsd: bigint;
  readonly unpriced: number;
  readonly incomplete: number;
  readonly steps: number;
  /** What 95 of 100 ended ones lasted at most; null where none is looked at. */
  readonly durationP95Ms: number | null;
}

/** An agent's figures in a range, and what its status is computed from. */
export interface AgentFigures {
  readonly agentId: string;
  /** Running now: in all environments, and in those of the range. */
  readonly running: number;
  readonly runningInRange: number;
  /** The newest ended sessions wherever they ran, for the status. */
  readonly ended: readonly EndedSession[];
  readonly lastSeenAtMs: number | null;
  /** In order of time; empty buckets are left out. */
  readonly cells: readonly AgentCell[];
  /** Of all cells together. */
  readonly durationP95Ms: number | null;
}
