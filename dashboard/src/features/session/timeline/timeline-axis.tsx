import type { RefObject } from 'react';
import { formatCount } from '../../../lib/format-count.ts';
import { formatElapsed, type AxisTick } from './axis-ticks.ts';
import { percent } from './percent.ts';
import { TimelineOverview } from './timeline-overview.tsx';
import type { Timeline } from './use-timeline.ts';

export interface TimelineAxisProps {
  readonly timeline: Timeline;
  /** The element as wide as the time axis. */
  readonly track: RefObject<HTMLTableCellElement | null>;
  readonly ticks: readonly AxisTick[];
  readonly widthPx: number;
}

/** The head of the waterfall: the whole session as a strip, and round times. */
export function TimelineAxis({ timeline, track, ticks, widthPx }: TimelineAxisProps) {
  return (
    <thead className="sticky top-0 z-[2] block bg-surface">
      <tr
        aria-rowindex={1}
        className="timeline-columns h-[50px] px-5 text-xs text-muted max-sm:px-4"
      >
        <th scope="col" className="flex items-end pb-1 font-normal">
          <CountText timeline={timeline} />
        </th>
        <th scope="col" ref={track} className="relative font-normal">
          <span className="sr-only">Time</span>
          <TimelineOverview timeline={timeline} />
          {ticks.map((tick) => (
            <span
              key={tick.elapsedMs}
              className="absolute bottom-1 whitespace-nowrap"
              style={{
                left: percent(tick.fraction),
                translate: tick.fraction * widthPx < 20 ? undefined : '-50%',
              }}
            >
              {formatElapsed(tick.elapsedMs)}
            </span>
          ))}
        </th>
        <th scope="col">
          <span className="sr-only">Duration and cost</span>
        </th>
      </tr>
    </thead>
  );
}

function CountText({ timeline }: { readonly timeline: Timeline }) {
  const all = formatCount(timeline.events.length);
  const suffix = timeline.complete ? '' : ' · reading on …';
  if (timeline.filtering)
    return <>{`${formatCount(timeline.matched)} of ${all} events${suffix}`}</>;
  return <>{`${all} ${timeline.events.length === 1 ? 'event' : 'events'}${suffix}`}</>;
}
