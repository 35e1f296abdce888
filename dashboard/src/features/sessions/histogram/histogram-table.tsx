import { formatCount } from '../../../lib/format-count.ts';
import { formatDayClock } from '../../../lib/format-time.ts';
import type { Bar } from './stack-buckets.ts';

export interface HistogramTableProps {
  readonly bars: readonly Bar[];
  readonly onZoom: (fromMs: number, toMs: number) => void;
}

/** The bars as a table; each start zooms into its bar. */
export function HistogramTable({ bars, onZoom }: HistogramTableProps) {
  return (
    <section
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls takes the focus
      tabIndex={0}
      aria-label="Sessions by start"
      className="mt-1 max-h-52 overflow-y-auto"
    >
      <table className="w-full text-sm">
        <thead className="sticky top-0 bg-surface text-muted">
          <tr>
            {['Start', 'Sessions', 'Done', 'With errors', 'Stale', 'Running'].map((name, index) => (
              <th
                key={name}
                scope="col"
                className={`py-1 font-semibold ${index === 0 ? 'text-left' : 'text-right'}`}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bars.map((bar) => (
            <tr key={bar.startMs} className="border-t border-line2">
              <th scope="row" className="py-0.5 text-left font-normal">
                <button
                  type="button"
                  className="rounded-sm text-accent hover:underline"
                  onClick={() => onZoom(bar.startMs, bar.endMs)}
                >
                  {formatDayClock(bar.startMs, bar.startMs)}
                </button>
              </th>
              {(['total', 'done', 'withErrors', 'stale', 'running'] as const).map((part) => (
                <td key={part} className={`text-right ${bar[part] === 0 ? 'text-faint' : ''}`}>
                  {formatCount(bar[part])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
