import { success } from '@niitaka/core/result.ts';
import { closeIfStale } from '@niitaka/core/session/sign-of-life.ts';
import type { Command } from './command.ts';
import { openSessionSet } from './session-set.ts';

/** Sessions closed in one transaction; the next run takes the rest. */
export const closeStaleLimit = 500;

/** The server counts as deaf when no sweep ran for longer than this, ms (S3). */
export const deafAfterMs = 60_000;

/** The name under which the sweep notes when it ran. */
export const sweepJob = 'close-stale-sessions';

/** What one sweep did. */
export interface Swept {
  readonly closed: number;
  /** More are waiting: run again at once. */
  readonly more: boolean;
}

/**
 * Closes running sessions that gave no sign of life for too long (S3). After a gap in which no process swept, every
 * running session is first given the gap's length, once: the server was deaf, not the agent.
 */
export const closeStaleSessions: Command<null, Swept> = async (context) => {
  const { tx, nowMs } = context;
  const ranAt = await tx.jobRanAt(sweepJob);
  const gapMs = ranAt === null ? 0 : nowMs - ranAt;
  if (gapMs > deafAfterMs) await tx.addGraceToRunning(gapMs);
  await tx.noteJobRan(sweepJob, nowMs);
  const overdue = await tx.overdueSessionIds(nowMs, context.staleAfterMs, closeStaleLimit);
  let closed = 0;
  for (const [orgId, ids] of groupByOrganisation(overdue)) {
    const sessions = openSessionSet(context, orgId);
    await sessions.load(ids);
    for (const { session } of sessions.all()) {
      if (!closeIfStale(session, nowMs, context)) continue;
      sessions.touch(session.id, true);
      closed += 1;
    }
    await sessions.flush();
  }
  return success({ closed, more: overdue.length === closeStaleLimit });
};

function groupByOrganisation(
  rows: readonly { orgId: string; id: string }[],
): ReadonlyMap<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { orgId, id } of rows.toSorted((a, b) => (a.orgId < b.orgId ? -1 : 1))) {
    groups.set(orgId, [...(groups.get(orgId) ?? []), id]);
  }
  return groups;
}
