import { usdNumber } from '@niitaka/core/money/nano-usd.ts';
import type { Policy } from '@niitaka/core/policy/policy.ts';
import type { ReplayOutcome } from '@niitaka/core/policy/replay.ts';
import {
  dryRunItems,
  type DryRunItem,
  type DryRunResult,
} from '@niitaka/protocol/policy-dry-run.ts';
import type { ReplaySession } from '../../storage/replay-reader.ts';
import { timeToWire } from '../map-access.ts';

/** Sums up what a policy would have done. */
export interface Tally {
  /** Counts sessions that the policy is for. */
  count(sessions: number): void;
  /** Takes in what would have been done to one, and after which event. */
  add(session: ReplaySession, outcome: ReplayOutcome, eventId: string | null): void;
  result(): DryRunResult;
}

/** Outcomes kept before they are cut to the ones that are told. */
const keptItems = 4 * dryRunItems;

/** An empty tally. */
export function openTally(policy: Policy): Tally {
  const counts = { warn: 0, abort: 0, retry: 0, fallback: 0, passed_at_end: 0 };
  let [sessions, completed, unpriced, savedNanoUsd] = [0, 0, 0, 0n];
  let items: DryRunItem[] = [];
  const cut = () => {
    items = items.toSorted(byWorth).slice(0, dryRunItems);
  };
  return {
    count(more) {
      sessions += more;
    },
    add(session, outcome, eventId) {
      const { action, savedNanoUsd: saved } = outcome;
      counts[action] += 1;
      unpriced += Number(session.unpriced > 0);
      if (action === 'passed_at_end') return;
      savedNanoUsd += saved;
      completed += Number(action === 'abort' && session.goalCompleted === true);
      items.push(itemOf(policy, session, { ...outcome, action }, eventId));
      if (items.length >= keptItems) cut();
    },
    result() {
      cut();
      const { warn, abort, retry, fallback, passed_at_end } = counts;
      return {
        sessions,
        warned: warn,
        aborted: abort,
        passed_at_end,
        retried: retry,
        fallback,
        cost_saved: usdNumber(savedNanoUsd),
        goal_completed_among_aborted: completed,
        unpriced,
        items_total: warn + abort + retry + fallback,
        items,
      };
    },
  };
}

/** What saves most stands first, then the newest. */
function byWorth(one: DryRunItem, other: DryRunItem): number {
  if (one.cost_saved !== other.cost_saved) return other.cost_saved - one.cost_saved;
  return one.started_at < other.started_at ? 1 : -1;
}

function itemOf(
  policy: Policy,
  { id, goal, agentId, startedAtMs }: ReplaySession,
  { action, atMs, found, savedNanoUsd }: ReplayOutcome & { action: DryRunItem['action'] },
  eventId: string | null,
): DryRunItem {
  const isCost = policy.type === 'cost_limit';
  return {
    session_id: id,
    goal,
    agent_id: agentId,
    started_at: timeToWire(startedAtMs),
    event_id: eventId,
    at: timeToWire(atMs),
    action,
    found: found === null ? null : isCost ? usdNumber(found) : Number(found),
    threshold: thresholdOf(policy),
    cost_saved: usdNumber(savedNanoUsd),
  };
}

function thresholdOf(policy: Policy): number | null {
  if (policy.type === 'cost_limit') return Number(policy.costExceededUsd);
  return policy.type === 'step_limit' ? policy.stepsExceeded : null;
}
