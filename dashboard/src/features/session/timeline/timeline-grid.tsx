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
/** Rows in sight share this many elements, or a multiple: scrolling changes rows, it makes none. */
const POOL_STEP = 32;

/** The waterfall: a tree of rows, only those in sight drawn. */
export function TimelineGrid({ timeline, openEvent, onOpen }: TimelineGridProps) {
  const { rows, scale, originMs, nowMs } = timeline;
  const scroller = useRef<HTMLTableElement>(null);
  const track = useRef<HTMLTableCellElement>(null);
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
  const items = virtual.getVirtualItems();
  const pool = Math.ceil((items.length + 1) / POOL_STEP) * POOL_STEP;
  const { startIndex, endIndex } = virtual.range ?? { startIndex: 0, endIndex: 0 };
  useSight(rows, startIndex, endIndex, timeline.following ? timeline.setSight : null);
  const onToggle = useStable(timeline.toggle);
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <TimelineLines ticks={ticks} scale={scale} />
      <table
        ref={scroller}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role -- a table of a tree
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
        <tbody className="relative block" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index }) => {
            const row = rows[index];
            return row === undefined ? null : (
              <TimelineLine
                key={index % pool}
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
        </tbody>
      </table>
      {rows.length === 0 && <NoRows timeline={timeline} />}
    </div>
  );
}
