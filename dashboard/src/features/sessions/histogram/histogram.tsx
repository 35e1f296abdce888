import type { SessionHistogram } from '@niitaka/protocol/session.ts';
import { ChartColumn, Table2 } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '../../../components/icon-button.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useNarrow } from '../../../lib/use-media.ts';
import { axisLabels } from './axis-labels.ts';
import { Bars } from './bars.tsx';
import { HistogramTable } from './histogram-table.tsx';
import { barText, bucketText, stackBuckets, type Bar } from './stack-buckets.ts';

const legend = [
  ['done', 'bg-bar'],
  ['stale', 'bg-gold'],
  ['with errors', 'bg-rust'],
  ['running', 'bg-accent'],
] as const;

export interface HistogramProps {
  readonly histogram: SessionHistogram | null;
  readonly onZoom: (fromMs: number, toMs: number) => void;
}

/** Sessions over time, stacked by status; dragging zooms, and the same stands as a table. */
export function Histogram({ histogram, onZoom }: HistogramProps) {
  const [asTable, setAsTable] = useState(false);
  const [pointed, setPointed] = useState<Bar | null>(null);
  const narrow = useNarrow();
  const bars = histogram === null ? null : stackBuckets(histogram);
  return (
    <section
      aria-label="Sessions over time"
      className="rounded-lg border border-line bg-surface px-3 py-2"
    >
      <div className="flex h-6 items-center gap-4 text-sm text-muted max-sm:gap-2.5 max-sm:text-xs">
        {legend.map(([name, color]) => (
          <span key={name} className="flex items-center gap-1.5 whitespace-nowrap">
            <span aria-hidden="true" className={`size-2 rounded-[2px] ${color}`} />
            {name}
          </span>
        ))}
        <span className="min-w-0 flex-1 truncate text-right">
          {pointed !== null
            ? barText(pointed)
            : histogram !== null && !narrow && `drag to zoom · ${bucketText(histogram.bucket_ms)}`}
        </span>
        <IconButton
          label={asTable ? 'Show as chart' : 'Show as table'}
          className="-mr-1.5"
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
      {bars === null ? (
        <Skeleton className="mt-1 h-[66px] w-full" />
      ) : asTable ? (
        <HistogramTable bars={bars} onZoom={onZoom} />
      ) : (
        <>
          <Bars bars={bars} onPoint={setPointed} onZoom={onZoom} />
          <Axis bars={bars} />
        </>
      )}
    </section>
  );
}

function Axis({ bars }: { readonly bars: readonly Bar[] }) {
  const labels = axisLabels(bars[0]?.startMs ?? 0, bars.at(-1)?.endMs ?? 0);
  return (
    <div aria-hidden="true" className="relative mt-1 h-4 overflow-hidden text-xs text-faint">
      {labels.map((label) => (
        <span
          key={label.at}
          className="absolute whitespace-nowrap"
          style={{ left: `${label.at * 100}%` }}
        >
          {label.text}
        </span>
      ))}
    </div>
  );
}
