import type { HealthReport } from '@niitaka/protocol/server-state.ts';
import { formatCompact, formatCount } from '../../lib/format-count.ts';

/** Slots of five seconds in the picture: five minutes. */
const slots = 60;
const height = 44;
const slotWidth = 8;
const barWidth = 6;

/** Records per second, now and over the last five minutes. */
export function HealthRate({ ingest }: { readonly ingest: HealthReport['ingest'] }) {
  const { records_per_second: rate, batches_per_second: batches, history } = ingest;
  return (
    <section
      aria-label="Ingest"
      className="flex items-end gap-6 rounded-lg border border-line bg-surface px-3 py-2.5 max-sm:flex-col max-sm:items-stretch max-sm:gap-3"
    >
      <div className="shrink-0">
        <h2 className="text-sm text-muted">Ingest</h2>
        <p className="text-figure tabular-nums">
          {formatCompact(rate)} <span className="text-sm font-normal text-muted">records/s</span>
        </p>
        <p className="text-sm text-muted">
          in {formatCompact(batches)} batches/s, over the last minute
        </p>
      </div>
      <figure className="min-w-0 flex-1">
        <svg
          aria-hidden="true"
          viewBox={`0 0 ${slots * slotWidth} ${height}`}
          preserveAspectRatio="none"
          className="block h-11 w-full text-accent"
        >
          <line
            x1={0}
            x2={slots * slotWidth}
            y1={height - 0.5}
            y2={height - 0.5}
            className="stroke-line"
          />
          {barsOf(history).map(({ x, tall }) => (
            <rect
              key={x}
              x={x}
              y={height - 1 - tall}
              width={barWidth}
              height={tall}
              fill="currentColor"
            />
          ))}
        </svg>
        <figcaption className="mt-1 flex justify-between text-xs text-muted">
          <span>5 min ago</span>
          <span>
            {history.length > 0 && `at most ${formatCount(Math.max(...history))} records/s`}
          </span>
          <span>now</span>
        </figcaption>
      </figure>
    </section>
  );
}

/** One bar a slot, the newest at the right; whatever is not nothing can be seen. */
function barsOf(history: readonly number[]): readonly { x: number; tall: number }[] {
  const most = Math.max(...history, 1);
  const empty = slots - history.length;
  return history.map((value, index) => ({
    x: (empty + index) * slotWidth + 1,
    tall: value === 0 ? 0 : Math.max((value / most) * (height - 2), 1.5),
  }));
}
