import { openReplay, type Course, type Replay } from '@niitaka/core/policy/replay.ts';
import type { Policy } from '@niitaka/core/policy/policy.ts';
import { replayedId, type ReplayEvents, type ReplaySession } from '../../storage/replay-reader.ts';
import { readEvents, type ReplaySource } from './read-events.ts';
import type { Tally } from './tally.ts';

/** Replays sessions that share no totals, each by itself; those that cannot reach the limit are not read. */
export async function replaySessions(
  source: ReplaySource,
  policy: Policy,
  sessions: readonly ReplaySession[],
  tally: Tally,
): Promise<void> {
  const what = policy.type === 'retry' || policy.type === 'fallback' ? 'failures' : 'steps';
  const replay = openReplay(policy);
  const candidates = sessions.filter((session) => mayReach(policy, session));
  const state: { current: Current | null } = { current: null };
  const begin = (session: ReplaySession): Current => {
    settle(state.current, tally);
    const course = replay.begin({ group: session.id, isAsked: true });
    return { session, course, eventId: null };
  };
  for await (const { sessions: part, events } of readEvents(source, candidates, what)) {
    for (let index = 0; index < events.session.length; index += 1) {
      const session = part[events.session[index] ?? 0];
      if (session === undefined) continue;
      const current = state.current?.session === session ? state.current : begin(session);
      state.current = current;
      const isDecided = current.course.outcome !== null;
      take(replay, current.course, events, index, index);
      const { outcome } = current.course;
      if (!isDecided && outcome !== null && outcome.place !== null) {
        current.eventId = replayedId(events, outcome.place);
      }
    }
  }
  settle(state.current, tally);
}

interface Current {
  readonly session: ReplaySession;
  readonly course: Course;
  /** Of the event after which it was decided, taken while its page is there. */
  eventId: string | null;
}

function settle(current: Current | null, tally: Tally): void {
  if (current === null || current.course.outcome === null) return;
  tally.add(current.session, current.course.outcome, current.eventId);
}

/** Gives one event of a page to a replay under the name `place`. */
export function take(
  replay: Replay,
  course: Course,
  events: ReplayEvents,
  index: number,
  place: number,
): void {
  const atMs = events.atMs[index] ?? 0;
  const failed = events.failed[index];
  if (failed !== undefined) {
    if (failed !== null) replay.takeFailure(course, { atMs, place, ...failed });
    return;
  }
  const costNanoUsd = BigInt(events.costNanoUsd[index] ?? 0);
  replay.takeStep(course, { atMs, place, costNanoUsd });
}

/** Whether totals of a session, or of a tree, can set the policy off: costs and steps only grow. */
export function mayReach(
  policy: Policy,
  { costNanoUsd, steps, errors }: Pick<ReplaySession, 'costNanoUsd' | 'steps' | 'errors'>,
): boolean {
  if (policy.type === 'cost_limit') return costNanoUsd > policy.costExceededNanoUsd;
  return policy.type === 'step_limit' ? steps >= policy.stepsExceeded : errors > 0;
}
