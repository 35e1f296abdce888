import { memo, useState, type PointerEvent } from 'react';
import { highest, type Bar } from './stack-buckets.ts';

const heightPx = 46;
const leastPx = 2;

export interface BarsProps {
  readonly bars: readonly Bar[];
  readonly onPoint: (bar: Bar | null) => void;
  readonly onZoom: (fromMs: number, toMs: number) => void;
}

/** The bars; a drag over them chooses a range. The table view offers the same by keyboard. */
export function Bars({ bars, onPoint, onZoom }: BarsProps) {
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const indexAt = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    return Math.min(bars.length - 1, Math.max(0, Math.floor(share * bars.length)));
  };
  const onUp = () => {
    setDrag(null);
    if (drag === null) return;
    const first = bars[Math.min(drag.from, drag.to)];
    const last = bars[Math.max(drag.from, drag.to)];
    if (first && last) onZoom(first.startMs, last.endMs);
  };
  return (
    <div
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- bars are drawn, nothing is loaded
      role="img"
      aria-label={`${bars.reduce((sum, bar) => sum + bar.total, 0)} sessions in ${bars.length} bars; the table view lists them`}
      className="relative mt-1 flex cursor-crosshair touch-pan-y items-end gap-px select-none"
      style={{ height: heightPx }}
      onPointerDown={(event) => {
        if (event.button !== 0 || event.pointerType === 'touch') return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const index = indexAt(event);
        setDrag({ from: index, to: index });
      }}
      onPointerMove={(event) => {
        const index = indexAt(event);
        onPoint(bars[index] ?? null);
        if (drag !== null && drag.to !== index) setDrag({ ...drag, to: index });
      }}
      onPointerLeave={() => onPoint(null)}
      onPointerUp={onUp}
      onPointerCancel={() => setDrag(null)}
    >
      <BarList bars={bars} />
      {drag !== null && (
        <span
          aria-hidden="true"
          className="pointer-events-none absolute -inset-y-0.5 rounded-sm border border-accent bg-accent/15"
          style={spanOf(drag, bars.length)}
        />
      )}
    </div>
  );
}

const BarList = memo(function BarList({ bars }: { readonly bars: readonly Bar[] }) {
  const most = highest(bars);
  const px = (count: number) => (count === 0 ? 0 : Math.max(leastPx, (count / most) * heightPx));
  return bars.map((bar) => (
    <span
      key={bar.startMs}
      className="flex max-h-full flex-1 flex-col-reverse overflow-hidden rounded-t-[1px]"
    >
      <span className="bg-bar" style={{ height: px(bar.done) }} />
      <span className="bg-rust" style={{ height: px(bar.withErrors) }} />
      <span className="bg-gold" style={{ height: px(bar.stale) }} />
      <span className="bg-accent" style={{ height: px(bar.running) }} />
    </span>
  ));
});

function spanOf(drag: { from: number; to: number }, count: number) {
  const left = Math.min(drag.from, drag.to);
  const right = Math.max(drag.from, drag.to) + 1;
  return { left: `${(left / count) * 100}%`, width: `${((right - left) / count) * 100}%` };
}
