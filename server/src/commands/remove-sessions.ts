import { rollupFigures, treeFigures } from '@niitaka/core/session/contributions.ts';
import type { RemovedRows, StoredSession } from '../storage/session-tx.ts';
import type { CommandContext } from './command.ts';
import { negated } from './figures.ts';
import { openSessionSet } from './session-set.ts';

/** What went: the sessions that were there, and rows by table. */
export interface Removal {
  readonly sessions: readonly StoredSession[];
  readonly rows: RemovedRows;
}

/**
 * Removes sessions of an organisation with their events and takes their figures out of every total (S12), within the
 * transaction of the command. Their children stay, each under the same root.
 */
export async function removeSessions(
  context: CommandContext,
  orgId: string,
  ids: readonly string[],
): Promise<Removal> {
  const { tx, nowMs } = context;
  const doomed = await tx.loadSessions(orgId, ids);
  if (doomed.size === 0) return { sessions: [], rows: {} };
  const stored = [...doomed.values()];
  const left = openSessionSet(context, orgId);
  const isLeft = (id: string | null): id is string => id !== null && !doomed.has(id);
  // Parents count them no more, and roots show what is left of their trees.
  const links = stored.map(({ session }) => session).filter((one) => one.parentSessionId !== null);
  const near = links.flatMap((one) => [one.parentSessionId, one.rootSessionId]).filter(isLeft);
  await left.load(near);
  for (const { parentSessionId, rootSessionId } of links) {
    left.touch(rootSessionId, true);
    const parent = isLeft(parentSessionId) ? left.get(parentSessionId) : undefined;
    if (parent === undefined) continue;
    parent.session.childCount -= 1;
    left.touch(parent.session.id, true);
  }
  await takeOut(context, orgId, stored);
  const rows = await tx.deleteSessions(orgId, stored, nowMs);
  await left.flush();
  const changes = stored.map(({ session }) => ({ kind: 'deleted' as const, id: session.id }));
  await tx.recordChanges(orgId, changes, nowMs);
  return { sessions: stored, rows };
}

async function takeOut({ tx }: CommandContext, orgId: string, doomed: readonly StoredSession[]) {
  await tx.addRollups(
    orgId,
    doomed.map(({ session }) => {
      const { environment, agentId, startedAtMs } = session;
      return { environment, agentId, startedAtMs, figures: negated(rollupFigures(session)) };
    }),
  );
  const trees = doomed.flatMap(({ session }) => {
    const figures = treeFigures(session);
    return figures === null
      ? []
      : [{ rootSessionId: session.rootSessionId, figures: negated(figures) }];
  });
  await tx.addTreeTotals(orgId, trees);
  const days = await tx.dayCountsOf(doomed);
  const taken = days.map((day) => ({ ...day, costNanoUsd: -day.costNanoUsd, steps: -day.steps }));
  await tx.addDayTotals(orgId, taken);
}
