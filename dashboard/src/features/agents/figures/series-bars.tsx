import type { PointerEvent } from 'react';
import { classNames } from '../../../components/class-names.ts';

const heightPx = 44;
const leastPx = 2;

export interface SeriesBarsProps {
  readonly values: readonly (number | null)[];
  /** The part of the range that is pointed at, in this chart or another. */
  readonly pointed: number | null;
  readonly tone: string;
  readonly onPoint: (index: number | null) => void;
}

/** One figure over time; what is pointed at is told beside it, and all of it stands in a table. */
export function SeriesBars({ values, pointed, tone, onPoint }: SeriesBarsProps) {
  const most = Math.max(...values.map((value) => value ?? 0), 0);
  return (
    <div
      aria-hidden="true"
      className="mt-1.5 flex items-end gap-px"
      style={{ height: heightPx }}
      onPointerMove={(event) => onPoint(indexAt(event, values.length))}
      onPointerLeave={() => onPoint(null)}
    >
      {values.map((value, index) => (
        <span
          // oxlint-disable-next-line react/no-array-index-key -- a bar is its place
          key={index}
          className={classNames(
            'flex h-full flex-1 flex-col justify-end',
            index === pointed && 'bg-sunk',
          )}
        >
          <span
            className={classNames('block rounded-t-[1px]', index === pointed ? 'bg-text' : tone)}
            style={{ height: heightOf(value, most) }}
          />
        </span>
      ))}
    </div>
  );
}

function heightOf(value: number | null, most: number): number {
  if (value === null || value === 0 || most === 0) return 0;
  return Math.max(leastPx, (value / most) * heightPx);
}

function indexAt(event: PointerEvent<HTMLElement>, count: number): number {
  const box = event.currentTarget.getBoundingClientRect();
  const share = (event.clientX - box.left) / box.width;
  return Math.min(count - 1, Math.max(0, Math.floor(share * count)));
}
