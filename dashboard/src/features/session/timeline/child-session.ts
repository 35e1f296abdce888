import type { SessionRow } from '@niitaka/protocol/session.ts';

/** A child session as a row of its parent's timeline. */
export interface ChildSession {
  readonly id: string;
  readonly goal: string | null;
  readonly agentId: string | null;
  readonly status: SessionRow['status'];
  readonly startMs: number;
  /** null while it runs. */
  readonly endMs: number | null;
  /** Own cost and that of everything below it. */
  readonly costUsd: number;
  readonly unpricedCount: number;
  readonly errorCount: number;
  readonly childCount: number;
}

export function toChildSession(row: SessionRow): ChildSession {
  const startMs = Date.parse(row.started_at);
  const totals = row.tree ?? row;
  return {
    id: row.id,
    goal: row.goal,
    agentId: row.agent_id,
    status: row.status,
    startMs,
    endMs: row.ended_at === null ? null : Math.max(startMs, Date.parse(row.ended_at)),
    costUsd: totals.total_cost,
    unpricedCount: totals.unpriced_count,
    errorCount: totals.error_count,
    childCount: row.child_count,
  };
}
