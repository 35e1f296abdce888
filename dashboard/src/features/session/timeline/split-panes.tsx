import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { classNames } from '../../../components/class-names.ts';
import { readStored, writeStored } from '../../../lib/stored.ts';

export interface SplitPanesProps {
  /** Where the second pane stands; on a narrow screen always below. */
  readonly side: 'beside' | 'below';
  readonly children: ReactNode;
  readonly second: ReactNode | null;
}

const LEAST = 20;
const MOST = 80;
const STEP = 5;
const isShare = (value: unknown): value is number =>
  typeof value === 'number' && value >= LEAST && value <= MOST;

/** Two panes and a bar between them that is dragged, or moved with the arrow keys. */
export function SplitPanes({ side, children, second }: SplitPanesProps) {
  const key = `niitaka.session.split.${side}`;
  const [share, setShare] = useState(() => readStored(key, isShare, side === 'beside' ? 56 : 48));
  const root = useRef<HTMLDivElement>(null);
  const wide = side === 'beside' && matchMedia('(min-width: 1000px)').matches;
  const move = (next: number) => {
    const held = Math.min(MOST, Math.max(LEAST, Math.round(next)));
    setShare(held);
    writeStored(key, held);
  };
  const onDrag = (event: PointerEvent) => {
    const box = root.current?.getBoundingClientRect();
    if (box === undefined || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const at = wide
      ? (event.clientX - box.left) / box.width
      : (event.clientY - box.top) / box.height;
    move(at * 100);
  };
  return (
    <div ref={root} className={classNames('flex min-h-0 flex-1', !wide && 'flex-col')}>
      <div
        className="flex min-h-0 min-w-0 flex-col"
        style={second === null ? { flex: '1 1 0' } : { flex: `${share} 1 0` }}
      >
        {children}
      </div>
      {second !== null && (
        <>
          <SplitBar wide={wide} share={share} onMove={move} onDrag={onDrag} />
          <div
            className="flex min-h-0 min-w-0 flex-col max-sm:fixed max-sm:inset-0 max-sm:z-40"
            style={{ flex: `${100 - share} 1 0` }}
          >
            {second}
          </div>
        </>
      )}
    </div>
  );
}

interface SplitBarProps {
  readonly wide: boolean;
  readonly share: number;
  readonly onMove: (share: number) => void;
  readonly onDrag: (event: PointerEvent) => void;
}

function SplitBar({ wide, share, onMove, onDrag }: SplitBarProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    const less = wide ? 'ArrowLeft' : 'ArrowUp';
    const more = wide ? 'ArrowRight' : 'ArrowDown';
    if (event.key !== less && event.key !== more) return;
    event.preventDefault();
    onMove(share + (event.key === more ? STEP : -STEP));
  };
  return (
    // A separator that can be moved is a control: ARIA's window splitter.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a rule that is moved
      role="separator"
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      aria-label="Size of the timeline"
      aria-orientation={wide ? 'vertical' : 'horizontal'}
      aria-valuenow={share}
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onDrag}
      className={classNames(
        'group relative z-10 shrink-0 touch-none bg-line hover:bg-accent focus-visible:bg-accent',
        wide
          ? 'w-px cursor-col-resize before:absolute before:inset-y-0 before:-inset-x-1'
          : 'h-px cursor-row-resize before:absolute before:inset-x-0 before:-inset-y-1',
      )}
    />
  );
}
