import { useEffect, useRef, useState } from 'react';
import { classNames } from '../../../components/class-names.ts';
import { Skeleton } from '../../../components/skeleton.tsx';
import { Sparkline } from '../../../components/sparkline.tsx';
import type { TileText } from './tile-texts.ts';

const width = 96;
const height = 22;

/** The four figures over the list; their outline while they are read. */
export function Tiles({ tiles }: { readonly tiles: readonly TileText[] | null }) {
  return (
    <dl className="grid grid-cols-4 gap-2.5 max-lg:grid-cols-2">
      {tiles === null
        ? Array.from({ length: 4 }, (_, index) => <TileOutline key={index} />)
        : tiles.map((tile) => <Tile key={tile.id} tile={tile} />)}
    </dl>
  );
}

function Tile({ tile }: { readonly tile: TileText }) {
  const running = tile.id === 'running';
  return (
    <div className="relative h-[92px] overflow-hidden rounded-lg border border-line bg-surface px-3 pt-2.5">
      <dt className="flex items-center gap-1.5 text-sm text-muted">
        {tile.label}
        {running && tile.figure !== '0' && <Pulse value={tile.figure} />}
      </dt>
      <dd className="text-figure">{tile.figure}</dd>
      <dd className="flex items-baseline gap-1 truncate text-sm text-muted">
        {tile.change && <ChangeText tile={tile} />}
        <span className={classNames('truncate', tile.caution && 'text-gold')}>
          {tile.change && tile.caution ? '· ' : ''}
          {tile.notes.join(' · ')}
        </span>
      </dd>
      <Sparkline
        values={tile.series}
        width={width}
        height={height}
        className={classNames(
          'absolute top-3 right-3 max-sm:hidden',
          running ? 'text-accent' : 'text-faint',
        )}
      />
    </div>
  );
}

function ChangeText({ tile }: { readonly tile: TileText }) {
  if (tile.change === null) return null;
  const { up, text } = tile.change;
  return (
    <span
      className={classNames(
        'shrink-0',
        tile.costly && up ? 'text-rust' : up ? 'text-accent' : 'text-muted',
      )}
    >
      <span aria-hidden="true">{up ? '▲' : '▼'}</span>
      <span className="sr-only">{up ? 'up' : 'down'}</span> {text}
    </span>
  );
}

/** A dot that pulses once when the value changes, and only then. */
function Pulse({ value }: { readonly value: string }) {
  const last = useRef(value);
  const [beats, setBeats] = useState(0);
  useEffect(() => {
    if (last.current === value) return;
    last.current = value;
    setBeats((count) => count + 1);
  }, [value]);
  return (
    <span
      key={beats}
      aria-hidden="true"
      className={classNames('size-1.5 rounded-full bg-accent', beats > 0 && 'animate-pulse-once')}
    />
  );
}

function TileOutline() {
  return (
    <div className="h-[92px] rounded-lg border border-line bg-surface px-3 pt-3">
      <dt>
        <Skeleton className="h-3 w-24" />
      </dt>
      <dd className="mt-3">
        <Skeleton className="h-5 w-20" />
      </dd>
    </div>
  );
}
