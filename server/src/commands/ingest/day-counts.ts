import type { Session } from '@niitaka/core/session/session.ts';
import type { EventRow } from '../../storage/event-row.ts';
import type { DayDelta } from '../../storage/session-tx.ts';

const dayMs = 86_400_000;

/** What batches add to the day totals that `day` policies look at, by UTC day of the event. */
export interface DayCounts {
  readonly byKey: Map<string, DayCount>;
  /** The last one counted into: events of one session come together, nearly always of one day. */
  last: { readonly session: Session; readonly count: DayCount } | null;
  /** Cost of each sender's calls in a session, for the leases of budgets. */
  readonly bySender: Map<string, SenderCost>;
  /** The last one counted into: joining and hashing two ids costs more than all the rest. */
  lastSender: SenderCost | null;
}

/** What the calls of one sender in one session cost. */
export interface SenderCost {
  readonly session: Session;
  readonly sender: string;
  costNanoUsd: bigint;
}

type DayCount = { -readonly [Name in keyof DayDelta]: DayDelta[Name] };

/** Nothing counted yet. */
export function noDayCounts(): DayCounts {
  return { byKey: new Map(), last: null, bySender: new Map(), lastSender: null };
}

/** Counts a closed event into its day, or takes it back; what came after the end is in no limit (S5). */
export function countDay(days: DayCounts, session: Session, row: EventRow, sign: 1 | -1): void {
  const steps = row.type === 'llm' || row.type === 'tool' ? sign : 0;
  const cost = row.costNanoUsd;
  const isFree = cost === null || cost === 0n;
  if (row.afterEnd || (steps === 0 && isFree)) return;
  const count = dayCount(days, session, Math.floor(row.startedAtMs / dayMs) * dayMs);
  count.steps += steps;
  if (isFree) return;
  const nanoUsd = sign === 1 ? cost : -cost;
  count.costNanoUsd += nanoUsd;
  if (row.sender !== null) countSender(days, session, row.sender, nanoUsd);
}

function countSender(days: DayCounts, session: Session, sender: string, nanoUsd: bigint): void {
  const { bySender, lastSender } = days;
  if (lastSender !== null && lastSender.session === session && lastSender.sender === sender) {
    lastSender.costNanoUsd += nanoUsd;
    return;
  }
  const key = session.id + sender;
  const count = bySender.get(key) ?? { session, sender, costNanoUsd: 0n };
  count.costNanoUsd += nanoUsd;
  bySender.set(key, count);
  days.lastSender = count;
}

function dayCount(days: DayCounts, session: Session, day: number): DayCount {
  const { last } = days;
  if (last !== null && last.session === session && last.count.dayMs === day) return last.count;
  const { environment, agentId } = session;
  const key = `${day}\n${environment}\n${agentId ?? ''}`;
  const fresh = { environment, agentId, dayMs: day, costNanoUsd: 0n, steps: 0 };
  const count = days.byKey.get(key) ?? fresh;
  days.byKey.set(key, count);
  days.last = { session, count };
  return count;
}
