import type { AgentDetail } from '@niitaka/protocol/agent.ts';
import { ChartColumn, Table2 } from 'lucide-react';
import { useState } from 'react';
import { classNames } from '../../../components/class-names.ts';
import { IconButton } from '../../../components/icon-button.tsx';
import { formatDayClock } from '../../../lib/format-time.ts';
import { FigureValue } from '../figure-value.tsx';
import { SeriesBars } from './series-bars.tsx';
import { SeriesTable } from './series-table.tsx';
import { seriesTiles, type SeriesTile } from './series-tiles.ts';

const tones: Readonly<Record<SeriesTile['id'], string>> = {
  sessions: 'bg-bar',
  cost: 'bg-bar',
  errors: 'bg-rust',
  steps: 'bg-bar',
  duration: 'bg-bar',
};

/** The figures of an agent, each over time, or all of them as a table. */
export function AgentFigures({ agent }: { readonly agent: AgentDetail }) {
  const [asTable, setAsTable] = useState(false);
  const [pointed, setPointed] = useState<number | null>(null);
  const tiles = seriesTiles(agent);
  const { starts } = agent.series;
  return (
    <section aria-label="Figures" className="flex flex-col gap-1.5">
      {asTable ? (
        <SeriesTable starts={starts} tiles={tiles} />
      ) : (
        <dl className="grid grid-cols-5 gap-2.5 max-lg:grid-cols-2">
          {tiles.map((tile) => (
            <Tile key={tile.id} tile={tile} pointed={pointed} onPoint={setPointed} />
          ))}
        </dl>
      )}
      <div className="flex h-6 items-center gap-2 text-sm text-muted">
        <span className="flex-1 truncate">{spanText(agent.series, pointed)}</span>
        <IconButton
          label={asTable ? 'Show as charts' : 'Show as table'}
          icon={
            asTable ? (
              <ChartColumn size={14} strokeWidth={1.6} aria-hidden="true" />
            ) : (
              <Table2 size={14} strokeWidth={1.6} aria-hidden="true" />
            )
          }
          onClick={() => setAsTable(!asTable)}
        />
      </div>
    </section>
  );
}

interface TileProps {
  readonly tile: SeriesTile;
  readonly pointed: number | null;
  readonly onPoint: (index: number | null) => void;
}

function Tile({ tile, pointed, onPoint }: TileProps) {
  const told = pointed === null ? undefined : tile.texts[pointed];
  return (
    <div className="rounded-lg border border-line bg-surface px-3 pt-2.5 pb-2 max-lg:first:col-span-2">
      <dt className="text-sm text-muted">{tile.label}</dt>
      <dd className={classNames('truncate text-figure', told !== undefined && 'text-muted')}>
        {told ?? <FigureValue figure={tile.figure} />}
      </dd>
      <dd>
        <SeriesBars
          values={tile.values}
          pointed={pointed}
          tone={tones[tile.id]}
          onPoint={onPoint}
        />
      </dd>
    </div>
  );
}

function spanText(series: AgentDetail['series'], pointed: number | null): string {
  const at = (index: number) => Date.parse(series.starts[index] ?? '');
  const text = (ms: number) => formatDayClock(ms, ms);
  if (series.starts.length === 0) return '';
  if (pointed !== null) return `${text(at(pointed))} – ${text(at(pointed) + series.bucket_ms)}`;
  const last = at(series.starts.length - 1) + series.bucket_ms;
  return `${text(at(0))} – ${text(last)}`;
}
