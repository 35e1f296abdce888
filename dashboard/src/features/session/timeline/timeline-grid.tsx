import type { SessionDetail } from '@niitaka/protocol/session.ts';
import { useNavigate } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { withDrawer } from '../../../lib/url/drawer-search.ts';
import { useSessionPlace } from '../session-place.ts';
import { axisTicks } from './axis-ticks.ts';
import type { TimelineRow } from './build-rows.ts';
import { AXIS_HEIGHT, ROW_HEIGHT } from './line-size.ts';
import { moveCursor } from './move-cursor.ts';
import { TimelineAxis } from './timeline-axis.tsx';
import { TimelineLines } from './timeline-lines.tsx';
import { TimelineLine } from './timeline-line.tsx';
import { useSight } from './use-sight.ts';
import { useWidth } from './use-width.ts';
import { useScrollAnchor } from './use-scroll-anchor.ts';
import type { Timeline } from './use-timeline.ts';

export interface TimelineGridProps {
  readonly timeline: Timeline;
  readonly session: SessionDetail;
  readonly openEvent: string | null;
  readonly onOpen: (eventId: string, how: 'push' | 'replace') => void;
}

const OVERSCAN = 6;
/** Rows in sight share this many elements, or a multiple: scrolling changes rows, it makes none. */
const POOL_STEP = 32;

/** The waterfall: a tree of rows, only those in sight drawn. */
export function TimelineGrid({ timeline, session, openEvent, onOpen }: TimelineGridProps) {
  const { rows, scale, nowMs } = timeline;
  const scroller = useRef<HTMLTableElement>(null);
  const track = useRef<HTMLTableCellElement>(null);
  const widthPx = useWidth(track);
  const ticks = useMemo(
    () => axisTicks(scale, timeline.originMs, widthPx),
    [scale, timeline.originMs, widthPx],
  );
  const [cursor, setCursor] = useState<string | null>(openEvent);
  const indexOf = useMemo(() => new Map(rows.map((row, index) => [row.key, index])), [rows]);
  const at = cursor === null ? -1 : (indexOf.get(cursor) ?? -1);
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoized by its functions
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    scrollPaddingStart: AXIS_HEIGHT,
    useFlushSync: false,
  });
  useScrollAnchor(scroller, rows, indexOf, timeline.running);
  useFollowOpenEvent(openEvent, indexOf, setCursor, (index) =>
    virtual.scrollToIndex(index, { align: 'auto' }),
  );
  const open = useOpenRow(timeline, onOpen);

  const items = virtual.getVirtualItems();
  const pool = Math.ceil((items.length + 1) / POOL_STEP) * POOL_STEP;
  const { startIndex: first, endIndex: last } = virtual.range ?? { startIndex: 0, endIndex: 0 };
  useSight(rows, first, last, timeline.following ? timeline.setSight : null);
  const onClickRow = useStable((row: TimelineRow) => {
    setCursor(row.key);
    open(row, 'push');
  });
  const onToggle = useStable(timeline.toggle);

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 3);
    const act = moveCursor(rows, at, event.key, page);
    if (act === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (act.kind === 'toggle') timeline.toggle(act.key);
    else if (act.kind === 'open') open(act.row, 'push');
    else {
      const row = rows[act.index];
      if (row === undefined) return;
      setCursor(row.key);
      virtual.scrollToIndex(act.index, { align: 'auto' });
      if (openEvent !== null && row.kind === 'event') open(row, 'replace');
    }
  };

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
        aria-activedescendant={at < 0 ? undefined : `row-${cursor}`}
        onKeyDown={onKeyDown}
        className="group/grid relative block min-h-0 flex-1 overflow-x-hidden overflow-y-auto outline-offset-[-2px] [scrollbar-gutter:stable]"
      >
        <TimelineAxis timeline={timeline} track={track} ticks={ticks} widthPx={widthPx} />
        <tbody className="relative block" style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              <TimelineLine
                key={item.index % pool}
                row={row}
                index={item.index}
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
      {rows.length === 0 && (
        <div className="absolute inset-x-0 top-[50px] bottom-0 bg-surface">
          <NoRows timeline={timeline} session={session} />
        </div>
      )}
    </div>
  );
}

/** Opens what a row stands for: its event, its session, or the rows below it. */
function useOpenRow(
  timeline: Timeline,
  onOpen: TimelineGridProps['onOpen'],
): (row: TimelineRow, how: 'push' | 'replace') => void {
  const navigate = useNavigate();
  const place = useSessionPlace();
  return (row, how) => {
    if (row.kind === 'event') onOpen(row.key, how);
    else if (row.kind === 'sessions') timeline.toggle(row.key);
    else if (place === 'page') {
      void navigate({ to: '/sessions/$sessionId', params: { sessionId: row.key }, search: {} });
    } else {
      void navigate({ to: '/sessions', search: (old) => withDrawer(old, row.key) });
    }
  };
}

/** The cursor goes where an event is opened from elsewhere, once its row is here. */
function useFollowOpenEvent(
  openEvent: string | null,
  indexOf: ReadonlyMap<string, number>,
  setCursor: (key: string) => void,
  scrollTo: (index: number) => void,
): void {
  const followed = useRef<string | null>(null);
  useEffect(() => {
    if (openEvent === null || openEvent === followed.current) {
      followed.current = openEvent;
      return;
    }
    const index = indexOf.get(openEvent);
    if (index === undefined) return;
    followed.current = openEvent;
    setCursor(openEvent);
    scrollTo(index);
  });
}

/** The same function all the time that does what the newest one does: rows need not draw again. */
function useStable<A>(newest: (argument: A) => void): (argument: A) => void {
  const current = useRef(newest);
  useEffect(() => {
    current.current = newest;
  });
  return useCallback((argument) => current.current(argument), []);
}

function NoRows({ timeline, session }: Pick<TimelineGridProps, 'timeline' | 'session'>) {
  if (!timeline.complete) {
    return (
      <div className="flex flex-col gap-3 px-5 pt-2 max-sm:px-4">
        {[64, 52, 70, 44, 58].map((width) => (
          <Skeleton key={width} className="h-4 w-40" />
        ))}
      </div>
    );
  }
  if (timeline.filtering) {
    return <EmptyState title="No event matches">Change the search or the types above.</EmptyState>;
  }
  return (
    <EmptyState title={session.status === 'running' ? 'No events yet' : 'No events'}>
      {session.status === 'running'
        ? 'They appear here as they arrive.'
        : 'The session ended without sending one.'}
    </EmptyState>
  );
}
