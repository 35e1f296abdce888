import { success } from '@niitaka/core/result.ts';
import type { Command } from './command.ts';

/** Roots published in one transaction. */
const publishLimit = 500;

/** Marks roots as changed for what changed below them less than a second after their last mark (S9). */
export const publishRoots: Command<null, { published: number }> = async (context) => {
  const due = context.roots.takeDue(context.nowMs, publishLimit);
  const byOrganisation = Map.groupBy(due, (root) => root.orgId);
  for (const [orgId, roots] of byOrganisation) {
    const rows = roots.map(({ rootId }) => ({ kind: 'session' as const, id: rootId }));
    await context.tx.recordChanges(orgId, rows, context.nowMs);
  }
  return success({ published: due.length });
};
