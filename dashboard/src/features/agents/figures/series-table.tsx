import { formatDayClock } from '../../../lib/format-time.ts';
import type { SeriesTile } from './series-tiles.ts';

export interface SeriesTableProps {
  readonly starts: readonly string[];
  readonly tiles: readonly SeriesTile[];
}

/** Every figure over time as numbers. */
export function SeriesTable({ starts, tiles }: SeriesTableProps) {
  return (
    <section
      aria-label="Figures over time"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls takes the focus
      tabIndex={0}
      className="max-h-64 overflow-auto rounded-lg border border-line bg-surface px-3"
    >
      <table className="w-full text-sm">
        <thead className="sticky top-0 bg-surface text-muted">
          <tr>
            {['Start', ...tiles.map(({ label }) => label)].map((head) => (
              <th
                key={head}
                scope="col"
                className="py-1.5 pl-4 text-right font-semibold whitespace-nowrap first:pl-0 first:text-left"
              >
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {starts.map((start, index) => (
            <tr key={start} className="border-t border-line2">
              <th scope="row" className="py-0.5 text-left font-normal whitespace-nowrap">
                {formatDayClock(Date.parse(start), Date.parse(start))}
              </th>
              {tiles.map(({ id, texts, values }) => (
                <td
                  key={id}
                  className={`pl-4 text-right whitespace-nowrap ${(values[index] ?? 0) === 0 ? 'text-faint' : ''}`}
                >
                  {texts[index]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
