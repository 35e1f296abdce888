import { memo, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { moveSpan, type BarSpan } from './bar-span.ts';
import { barText, highest, type Bar } from './stack-buckets.ts';

const heightPx = 46;
const leastPx = 2;

export interface BarsProps {
  readonly bars: readonly Bar[];
  readonly onPoint: (bar: Bar | null) => void;
  readonly onZoom: (fromMs: number, toMs: number) => void;
}

/** The bars; a drag over them chooses a range, and so do arrows, Shift and Enter. */
export function Bars({ bars, onPoint, onZoom }: BarsProps) {
  const [span, setSpan] = useState<BarSpan | null>(null);
  const [dragging, setDragging] = useState(false);
  const show = (next: BarSpan | null) => {
    setSpan(next);
    onPoint(next === null ? null : (bars[next.to] ?? null));
  };
  const zoom = (chosen: BarSpan) => {
    show(null);
    const first = bars[Math.min(chosen.from, chosen.to)];
    const last = bars[Math.max(chosen.from, chosen.to)];
    if (first && last) onZoom(first.startMs, last.endMs);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = moveSpan(span, event.key, event.shiftKey, bars.length);
    if (next !== null) show(next);
    else if (event.key === 'Enter' && span !== null) zoom(span);
    else if (event.key === 'Escape' && span !== null) show(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const at = bars[span?.to ?? bars.length - 1];
  return (
    <div
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- an input cannot hold what is drawn here
      role="slider"
      tabIndex={0}
      aria-label={`Sessions in ${bars.length} bars: arrows move, Shift stretches, Enter zooms`}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, bars.length - 1)}
      aria-valuenow={span?.to ?? Math.max(0, bars.length - 1)}
      aria-valuetext={at === undefined ? 'none' : barText(at)}
      className="relative mt-1 flex cursor-crosshair touch-pan-y items-end gap-px select-none"
      style={{ height: heightPx }}
      onKeyDown={onKeyDown}
      onBlur={() => show(null)}
      onPointerDown={(event) => {
        if (event.button !== 0 || event.pointerType === 'touch') return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const index = indexAt(event, bars.length);
        setDragging(true);
        setSpan({ from: index, to: index });
      }}
      onPointerMove={(event) => {
        const index = indexAt(event, bars.length);
        onPoint(bars[index] ?? null);
        if (dragging && span !== null && span.to !== index) setSpan({ ...span, to: index });
      }}
      onPointerLeave={() => onPoint(null)}
      onPointerUp={() => {
        setDragging(false);
        if (dragging && span !== null) zoom(span);
      }}
      onPointerCancel={() => {
        setDragging(false);
        show(null);
      }}
    >
      <BarList bars={bars} />
      {span !== null && (
        <span
          aria-hidden="true"
          className="pointer-events-none absolute -inset-y-0.5 rounded-sm border border-accent bg-accent/15"
          style={spanStyle(span, bars.length)}
        />
      )}
    </div>
  );
}

function indexAt(event: PointerEvent<HTMLElement>, count: number): number {
  const box = event.currentTarget.getBoundingClientRect();
  const share = (event.clientX - box.left) / box.width;
  return Math.min(count - 1, Math.max(0, Math.floor(share * count)));
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

function spanStyle(span: BarSpan, count: number) {
  const left = Math.min(span.from, span.to);
  const right = Math.max(span.from, span.to) + 1;
  return { left: `${(left / count) * 100}%`, width: `${((right - left) / count) * 100}%` };
}
