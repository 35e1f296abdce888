import type { ChildSession } from './child-session.ts';
import { fractionAt, type TimeScale } from './time-scale.ts';
import type { TimelineEvent } from './timeline-event.ts';

/** The lanes of the overview from top to bottom. */
export const overviewLanes = ['session', 'llm', 'tool', 'decision', 'log', 'error'] as const;

export type OverviewLane = (typeof overviewLanes)[number];

/** Where something of one lane happened: runs of buckets, as [from, to) of `buckets`. */
export interface Overview {
  readonly buckets: number;
  readonly lanes: Readonly<Record<OverviewLane, readonly (readonly [number, number])[]>>;
}

/** The whole session in one strip: of each lane the stretches in which it was busy. */
export function buildOverview(
  scale: TimeScale,
  events: readonly TimelineEvent[],
  children: readonly ChildSession[],
  buckets: number,
): Overview {
  const busy: Record<OverviewLane, Uint8Array> = {
    session: new Uint8Array(buckets),
    llm: new Uint8Array(buckets),
    tool: new Uint8Array(buckets),
    decision: new Uint8Array(buckets),
    log: new Uint8Array(buckets),
    error: new Uint8Array(buckets),
  };
  const mark = (lane: OverviewLane, startMs: number, endMs: number | null) => {
    const last = buckets - 1;
    const from = Math.min(last, Math.floor(fractionAt(scale, startMs) * buckets));
    const to = Math.min(last, Math.floor(fractionAt(scale, endMs ?? scale.endMs) * buckets));
    busy[lane].fill(1, from, Math.max(from, to) + 1);
  };
  for (const event of events) {
    mark(event.type, event.startMs, event.endMs);
    if (event.level === 'error') mark('error', event.startMs, event.endMs);
  }
  for (const child of children) mark('session', child.startMs, child.endMs);
  return {
    buckets,
    lanes: {
      session: runsOf(busy.session),
      llm: runsOf(busy.llm),
      tool: runsOf(busy.tool),
      decision: runsOf(busy.decision),
      log: runsOf(busy.log),
      error: runsOf(busy.error),
    },
  };
}

function runsOf(busy: Uint8Array): [number, number][] {
  const runs: [number, number][] = [];
  let from = -1;
  for (let index = 0; index <= busy.length; index += 1) {
    const on = busy[index] === 1;
    if (on && from < 0) from = index;
    if (!on && from >= 0) {
      runs.push([from, index]);
      from = -1;
    }
  }
  return runs;
}
