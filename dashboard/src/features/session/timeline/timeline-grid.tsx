/* oxlint-disable jsx-a11y/prefer-tag-over-role -- table cells take five times the style time of these, which scrolling feels */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
import { axisTicks } from './axis-ticks.ts';
import { AXIS_HEIGHT, ROW_HEIGHT } from './line-size.ts';
import { NoRows } from './no-rows.tsx';
import { TimelineAxis } from './timeline-axis.tsx';
import { TimelineLines } from './timeline-lines.tsx';
import { TimelineLine } from './timeline-line.tsx';
import { useGridCursor } from './use-grid-cursor.ts';
import type { OpenEvent } from './use-open-row.ts';
import { useScrollAnchor } from './use-scroll-anchor.ts';
import { useSight } from './use-sight.ts';
import { useStable } from './use-stable.ts';
import type { Timeline } from './use-timeline.ts';
import { useWidth } from './use-width.ts';

export interface TimelineGridProps {
  readonly timeline: Timeline;
  readonly openEvent: string | null;
  readonly onOpen: OpenEvent;
}

const OVERSCAN = 6;

/** The waterfall: a tree of rows, only those in sight drawn. */
export function TimelineGrid({ timeline, openEvent, onOpen }: TimelineGridProps) {
  const { rows, scale, originMs, nowMs } = timeline;
  const scroller = useRef<HTMLDivElement>(null);
  const track = useRef<HTMLDivElement>(null);
  const widthPx = useWidth(track);
  const ticks = useMemo(() => axisTicks(scale, originMs, widthPx), [scale, originMs, widthPx]);
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoized by its functions
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    scrollPaddingEnd: AXIS_HEIGHT,
    useFlushSync: false,
  });
  const { cursor, indexOf, onKeyDown, onClickRow } = useGridCursor({
    timeline,
    openEvent,
    onOpen,
    scrollTo: (index) => virtual.scrollToIndex(index, { align: 'auto' }),
    pageSize: () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 3),
  });
  useScrollAnchor(scroller, rows, indexOf, timeline.running);
  const slots = rowSlots(virtual.getVirtualItems(), virtual.scrollRect?.height ?? 0);
  const { startIndex, endIndex } = virtual.range ?? { startIndex: 0, endIndex: 0 };
  useSight(rows, startIndex, endIndex, timeline.following ? timeline.setSight : null);
  const onToggle = useStable(timeline.toggle);
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <TimelineLines ticks={ticks} scale={scale} />
      <div
        ref={scroller}
        role="treegrid"
        aria-label="Events"
        aria-rowcount={rows.length + 1}
        aria-busy={!timeline.complete}
        tabIndex={0}
        aria-activedescendant={cursor === null ? undefined : `row-${cursor}`}
        onKeyDown={onKeyDown}
        className="group/grid relative block min-h-0 flex-1 overflow-x-hidden overflow-y-auto outline-offset-[-2px] [scrollbar-gutter:stable]"
      >
        <TimelineAxis timeline={timeline} track={track} ticks={ticks} widthPx={widthPx} />
        <div role="rowgroup" className="relative block" style={{ height: virtual.getTotalSize() }}>
          {slots.map(({ slot, index }) => {
            const row = rows[index];
            return row === undefined ? null : (
              <TimelineLine
                key={slot}
                row={row}
                index={index}
                scale={scale}
                running={timeline.running}
                nowMs={row.endMs === null ? nowMs : 0}
                isOpen={row.key === openEvent}
                isCursor={row.key === cursor}
                onToggle={onToggle}
                onOpen={onClickRow}
              />
            );
          })}
        </div>
      </div>
      {rows.length === 0 && <NoRows timeline={timeline} />}
    </div>
  );
}

/**
 * The row that each of a fixed number of elements shows. Elements keep their order, so that
 * scrolling changes what rows say and neither makes, moves nor removes any.
 */
function rowSlots(items: readonly { readonly index: number }[], heightPx: number) {
  const count = Math.ceil(heightPx / ROW_HEIGHT) + 2 * OVERSCAN + 2;
  return items
    .map(({ index }) => ({ slot: index % Math.max(count, items.length), index }))
    .sort((a, b) => a.slot - b.slot);
}
