import type { EvaluationTotals } from '@niitaka/core/policy/decision.ts';
import type { Session } from '@niitaka/core/session/session.ts';
import type { CommandContext } from '../command.ts';

const dayMs = 86_400_000;

/** What a session, its tree and its day have spent. */
export type TotalsOf = (session: Session) => Promise<EvaluationTotals>;

/** Reads what sessions have spent, each tree and day once: the group's totals must be saved, and move no more. */
export function openTotals({ tx, nowMs }: CommandContext, orgId: string): TotalsOf {
  const today = Math.floor(nowMs / dayMs) * dayMs;
  const trees = once((root) => tx.treeSpent(orgId, root));
  const days = once((environment) => tx.daySpent(orgId, environment, today, null));
  const agentDays = once((key) => {
    // A name may hold any character, an agent's id no control character.
    const at = key.lastIndexOf('\n');
    const [environment, agentId] = [key.slice(0, at), key.slice(at + 1)];
    return tx.daySpent(orgId, environment, today, agentId);
  });
  return async (session) => {
    const own = { costNanoUsd: session.totalCostNanoUsd, steps: session.stepCount };
    const isAlone = session.parentSessionId === null && session.childCount === 0;
    const tree = isAlone ? own : await trees(session.rootSessionId);
    const day = await agentDays(`${session.environment}\n${session.agentId ?? ''}`);
    const orgDay = await days(session.environment);
    return {
      ...own,
      treeCostNanoUsd: tree.costNanoUsd,
      treeSteps: tree.steps,
      dayCostNanoUsd: day.costNanoUsd,
      daySteps: day.steps,
      orgDayCostNanoUsd: orgDay.costNanoUsd,
      orgDaySteps: orgDay.steps,
    };
  };
}

/** Reads each key once. */
function once<T>(read: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const cache = new Map<string, Promise<T>>();
  return (key) => {
    const known = cache.get(key) ?? read(key);
    cache.set(key, known);
    return known;
  };
}
