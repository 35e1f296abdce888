import { formatElapsed, type AxisTick } from './axis-ticks.ts';
import { percent } from './percent.ts';
import type { TimeScale } from './time-scale.ts';

export interface TimelineLinesProps {
  readonly ticks: readonly AxisTick[];
  readonly scale: TimeScale;
}

/** Lines at round times behind the rows, and a hatched strip where idle time is folded. */
export function TimelineLines({ ticks, scale }: TimelineLinesProps) {
  return (
    <div
      aria-hidden="true"
      className="timeline-columns absolute inset-x-0 top-[50px] bottom-0 overflow-hidden px-5 [scrollbar-gutter:stable] max-sm:px-4"
    >
      <div className="relative col-start-2">
        {ticks.map((tick) => (
          <span
            key={tick.elapsedMs}
            className="absolute inset-y-0 w-px bg-line2"
            style={{ left: percent(tick.fraction) }}
          />
        ))}
        {scale.segments
          .filter((segment) => segment.folded)
          .map((fold) => (
            <span
              key={fold.startMs}
              title={`${formatElapsed(fold.endMs - fold.startMs)} without events, folded`}
              className="timeline-fold absolute inset-y-0"
              style={{ left: percent(fold.from), width: percent(fold.to - fold.from) }}
            />
          ))}
      </div>
    </div>
  );
}
