import { openReplay, type Course } from '@niitaka/core/policy/replay.ts';
import type { Policy } from '@niitaka/core/policy/policy.ts';
import { replayedId, type ReplayEvents, type ReplaySession } from '../../storage/replay-reader.ts';
import { readEvents, type ReplaySource } from './read-events.ts';
import { take } from './replay-sessions.ts';
import type { Tally } from './tally.ts';

/** A session among others that spend from the same total. */
export interface SharingSession {
  readonly session: ReplaySession;
  /** Its tree, or its environment. */
  readonly group: string;
  readonly isAsked: boolean;
}

/** Steps kept at once for sessions that share totals: their order in time is over all of them. */
export const sharedSteps = 2_000_000;

/** More steps than are kept at once. */
export class TooManyStepsError extends Error {
  override readonly name = 'TooManyStepsError';
}

interface Kept {
  readonly events: ReplayEvents;
  readonly sessions: readonly ReplaySession[];
  /** How many steps were kept before these. */
  readonly base: number;
}

/** Replays sessions that share totals, all steps in the order of their times; day by day, so that none is sorted twice. */
export async function replayInTime(
  source: ReplaySource,
  policy: Policy,
  sharing: readonly SharingSession[],
  tally: Tally,
): Promise<void> {
  const replay = openReplay(policy);
  const courses = new Map<ReplaySession, Course>();
  for (const { session, ...rest } of sharing) courses.set(session, replay.begin(rest));
  const kept: Kept[] = [];
  const days = new Map<number, number[]>();
  let count = 0;
  const all = sharing.map(({ session }) => session);
  for await (const { events, sessions } of readEvents(source, all, 'steps')) {
    kept.push({ events, sessions, base: count });
    for (const [index, atMs] of events.atMs.entries()) {
      const day = Math.floor(atMs / dayMs);
      const places = days.get(day) ?? [];
      if (places.length === 0) days.set(day, places);
      places.push((atMs - day * dayMs) * sharedSteps + count + index);
    }
    count += events.atMs.length;
    if (count > sharedSteps) throw new TooManyStepsError();
  }
  for (const day of [...days.keys()].sort((one, other) => one - other)) {
    let at = 0;
    for (const place of placesInTime(days.get(day) ?? [])) {
      const page = pageOf(kept, place);
      const session = page?.sessions[page.events.session[place - page.base] ?? 0];
      const course = session && courses.get(session);
      if (page && course) take(replay, course, page.events, place - page.base, place);
      at += 1;
      if (at % stepsPerTurn !== 0) continue;
      await nextTurn();
      source.signal.throwIfAborted();
    }
  }
  for (const [session, { outcome }] of courses) {
    if (outcome === null) continue;
    const page = outcome.place === null ? undefined : pageOf(kept, outcome.place);
    const eventId =
      page && outcome.place !== null ? replayedId(page.events, outcome.place - page.base) : null;
    tally.add(session, outcome, eventId);
  }
}

const dayMs = 86_400_000;

/** Steps between which everybody else has their turn. */
const stepsPerTurn = 4_000;

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Time within the day and place were put into one number, exact below 2^53: such numbers sort without a comparison in JavaScript. */
function* placesInTime(keys: readonly number[]): Generator<number> {
  for (const key of Float64Array.from(keys).sort()) yield key % sharedSteps;
}

/** Pages lie by their base: the last one that does not begin after the place. */
function pageOf(kept: readonly Kept[], place: number): Kept | undefined {
  let [low, high] = [0, kept.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((kept[middle]?.base ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return kept[low];
}
