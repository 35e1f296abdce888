import type { ChildSession } from './child-session.ts';
import type { Interval } from './time-scale.ts';
import type { TimelineEvent } from './timeline-event.ts';

export interface DomainInput {
  readonly startMs: number;
  /** null while the session runs. */
  readonly endMs: number | null;
  readonly nowMs: number;
  readonly events: readonly TimelineEvent[];
  readonly children: readonly ChildSession[];
}

/**
 * The stretch of time a timeline shows. While the session runs its end moves in wide steps ahead of
 * the clock, so that bars grow into free room and the axis hardly ever changes.
 */
export function timelineDomain(input: DomainInput): Interval {
  let startMs = input.startMs;
  let endMs = input.endMs ?? input.nowMs;
  for (const event of input.events) {
    startMs = Math.min(startMs, event.startMs);
    endMs = Math.max(endMs, event.endMs ?? event.startMs);
  }
  for (const child of input.children) {
    endMs = Math.max(endMs, child.endMs ?? (input.endMs === null ? input.nowMs : child.startMs));
  }
  if (input.endMs !== null) return { startMs, endMs: Math.max(endMs, startMs + 1) };
  return { startMs, endMs: startMs + roomFor(endMs - startMs) };
}

const LEAST_ROOM_MS = 10_000;
const ROOM_STEP = 1.25;

/** The least of 10 s, 12.5 s, 15.6 s … that is longer than what has passed. */
function roomFor(elapsedMs: number): number {
  const steps = Math.ceil(Math.log(Math.max(1, elapsedMs / LEAST_ROOM_MS)) / Math.log(ROOM_STEP));
  const room = LEAST_ROOM_MS * ROOM_STEP ** steps;
  return room > elapsedMs ? room : room * ROOM_STEP;
}
