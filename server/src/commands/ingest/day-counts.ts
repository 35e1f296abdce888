import type { Session } from '@niitaka/core/session/session.ts';
import type { EventRow } from '../../storage/event-row.ts';
import type { DayDelta } from '../../storage/session-tx.ts';

const dayMs = 86_400_000;

/** What a batch adds to the day totals that `day` policies look at, by UTC day of the event. */
export type DayCounts = Map<string, DayDelta>;

/** Counts a closed event into its day, or takes it back; what came after the end is in no limit (S5). */
export function countDay(days: DayCounts, session: Session, row: EventRow, sign: 1 | -1): void {
  const steps = row.type === 'llm' || row.type === 'tool' ? sign : 0;
  const cost = row.costNanoUsd ?? 0n;
  if (row.afterEnd || (steps === 0 && cost === 0n)) return;
  const { environment, agentId } = session;
  const day = Math.floor(row.startedAtMs / dayMs) * dayMs;
  const key = `${day}\n${environment}\n${agentId ?? ''}`;
  const known = days.get(key);
  days.set(key, {
    environment,
    agentId,
    dayMs: day,
    costNanoUsd: (known?.costNanoUsd ?? 0n) + (sign === 1 ? cost : -cost),
    steps: (known?.steps ?? 0) + steps,
  });
}
