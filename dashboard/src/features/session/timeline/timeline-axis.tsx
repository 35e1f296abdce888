/* oxlint-disable jsx-a11y/prefer-tag-over-role -- table cells take five times the style time of these, which scrolling feels */
import type { RefObject } from 'react';
import { formatCount } from '../../../lib/format-count.ts';
import { formatElapsed, type AxisTick } from './axis-ticks.ts';
import { AxisButtons } from './axis-buttons.tsx';
import { percent } from './percent.ts';
import { TimelineOverview } from './timeline-overview.tsx';
import type { Timeline } from './use-timeline.ts';

export interface TimelineAxisProps {
  readonly timeline: Timeline;
  /** The element as wide as the time axis. */
  readonly track: RefObject<HTMLDivElement | null>;
  readonly ticks: readonly AxisTick[];
  readonly widthPx: number;
}

/** The head of the waterfall: the whole session as a strip, and round times. */
export function TimelineAxis({ timeline, track, ticks, widthPx }: TimelineAxisProps) {
  return (
    <div role="rowgroup" className="sticky top-0 z-[2] block bg-surface">
      <div
        role="row"
        aria-rowindex={1}
        className="timeline-columns h-[50px] px-5 text-xs text-muted max-sm:px-4"
      >
        <div role="columnheader" className="flex items-end pb-1 font-normal">
          <CountText timeline={timeline} />
        </div>
        <div role="columnheader" ref={track} className="relative font-normal">
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
              {formatElapsed(tick.elapsedMs, tick.stepMs)}
            </span>
          ))}
        </div>
        <div role="columnheader">
          <span className="sr-only">Duration and cost</span>
          <AxisButtons timeline={timeline} />
        </div>
      </div>
    </div>
  );
}

function CountText({ timeline }: { readonly timeline: Timeline }) {
  const all = formatCount(timeline.events.length);
  const reading = !timeline.complete && timeline.error === null;
  const suffix = reading ? ' · reading on …' : '';
  if (timeline.filtering)
    return <>{`${formatCount(timeline.matched)} of ${all} events${suffix}`}</>;
  return <>{`${all} ${timeline.events.length === 1 ? 'event' : 'events'}${suffix}`}</>;
}
