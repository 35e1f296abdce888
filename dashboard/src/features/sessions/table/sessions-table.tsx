import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type RefObject } from 'react';
import { Button } from '../../../components/button.tsx';
import { classNames } from '../../../components/class-names.ts';
import { Skeleton } from '../../../components/skeleton.tsx';
import { useNarrow } from '../../../lib/use-media.ts';
import {
  gridTemplate,
  leastWidth,
  visibleColumns,
  type ColumnState,
} from '../columns/column-state.ts';
import type { SessionSort } from '../filters/session-filters.ts';
import type { SessionList } from '../list/use-session-list.ts';
import { indexOf } from './move-active.ts';
import { SessionLine } from './session-line.tsx';
import { TableHead } from './table-head.tsx';
import { TreeLine } from './tree-line.tsx';
import { useListKeys } from './use-list-keys.ts';
import { useMayShow } from './use-may-show.ts';

const lineHeightPx = 35;
const narrowLineHeightPx = 60;
const linesAhead = 40;

export interface SessionsTableProps {
  readonly list: SessionList;
  readonly columns: ColumnState;
  readonly sort: SessionSort;
  readonly openId: string | undefined;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly filtered: boolean;
  readonly isDimmed: (id: string) => boolean;
  readonly onColumns: (next: ColumnState) => void;
  readonly onSort: (next: SessionSort) => void;
  readonly onOpen: (id: string) => void;
  readonly onOpenAsRoot: (id: string) => void;
}

/** The list of sessions as a tree grid; only the lines in view are drawn. */
export function SessionsTable(props: SessionsTableProps) {
  const { list, columns, scroller, openId, onOpen } = props;
  const { store, snapshot } = list;
  const { lines, expanded, loadingMore, moreFailed } = snapshot;
  const narrow = useNarrow();
  const height = narrow ? narrowLineHeightPx : lineHeightPx;
  const body = useRef<HTMLTableSectionElement>(null);
  const grid = useRef<HTMLTableElement>(null);
  const [activeId, setActiveId] = useState<string | null>(null);
  const margin = useOffsetTop(body, scroller);
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoized by its functions
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 10,
    scrollMargin: margin,
    scrollPaddingStart: narrow ? 0 : lineHeightPx,
    getItemKey: (index) => lines[index]?.key ?? index,
  });
  useEffect(() => virtualizer.measure(), [virtualizer, height]);

  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useSeenLines(list, first, last);
  useEffect(() => {
    if (last >= lines.length - linesAhead && !moreFailed) void store.loadMore();
  }, [last, lines.length, store, moreFailed, loadingMore]);
  useMayShow(scroller, body, store, activeId !== null || openId !== undefined);

  const onActive = (id: string | null) => {
    setActiveId(id);
    grid.current?.focus({ preventScroll: true });
    const index = indexOf(lines, id);
    if (index !== -1) virtualizer.scrollToIndex(index, { align: 'auto' });
  };
  useListKeys({ list, activeId, enabled: openId === undefined, onActive, onOpen });

  const shown = useMemo(() => visibleColumns(columns), [columns]);
  const style = {
    '--columns': gridTemplate(columns),
    minWidth: narrow ? undefined : leastWidth(columns),
  } as React.CSSProperties;
  return (
    <table
      ref={grid}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role -- a table of a tree
      role="treegrid"
      aria-label="Sessions"
      aria-rowcount={snapshot.list.nextCursor === null ? lines.length + 1 : -1}
      aria-activedescendant={activeId === null ? undefined : domIdOf(activeId)}
      aria-busy={list.outdated}
      tabIndex={0}
      style={style}
      className={classNames(
        'block rounded-lg border border-line bg-surface transition-opacity focus-visible:outline-offset-0',
        activeId !== null && 'outline-none!',
        list.outdated && 'opacity-60',
      )}
    >
      <TableHead
        state={columns}
        sort={props.sort}
        onColumns={props.onColumns}
        onSort={props.onSort}
      />
      <tbody ref={body} className="relative block" style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const line = lines[item.index];
          const top = item.start - margin;
          if (line === undefined) return null;
          if (line.kind !== 'session') {
            return (
              <TreeLine
                key={line.key}
                line={line}
                index={item.index}
                top={top}
                height={height}
                onMore={(id) => store.moreChildren(id)}
                onOpenAsRoot={props.onOpenAsRoot}
              />
            );
          }
          return (
            <SessionLine
              key={line.key}
              domId={domIdOf(line.id)}
              id={line.id}
              row={snapshot.list.rows.get(line.id)}
              index={item.index}
              level={line.level}
              top={top}
              height={height}
              shown={shown}
              narrow={narrow}
              filtered={props.filtered}
              expanded={expanded.has(line.id)}
              active={line.id === activeId}
              open={line.id === openId}
              fresh={snapshot.list.fresh.has(line.id)}
              dimmed={props.isDimmed(line.id)}
              onOpen={onOpen}
              onToggle={store.toggle}
            />
          );
        })}
      </tbody>
      <Tail loading={loadingMore} failed={moreFailed} onRetry={() => void store.loadMore()} />
    </table>
  );
}

function Tail(props: { loading: boolean; failed: boolean; onRetry: () => void }) {
  if (!props.loading && !props.failed) return null;
  return (
    <tfoot className="block">
      <tr className="flex h-[35px] items-center px-3">
        <td className="flex flex-1 items-center gap-3">
          {props.failed ? (
            <>
              <span className="text-rust">Older sessions could not be read.</span>
              <Button look="ghost" onClick={props.onRetry}>
                Retry
              </Button>
            </>
          ) : (
            <Skeleton className="h-3 w-1/2" />
          )}
        </td>
      </tr>
    </tfoot>
  );
}

function useSeenLines({ store, snapshot }: SessionList, first: number, last: number): void {
  const { lines, list } = snapshot;
  useEffect(() => {
    const ids = lines
      .slice(first, last + 1)
      .flatMap((line) => (line.kind === 'session' ? line.id : []));
    const seenPage = list.pages.findIndex((page) => page.ids.some((id) => ids.includes(id)));
    const timer = setTimeout(() => store.show(ids, Math.max(0, seenPage)), 80);
    return () => clearTimeout(timer);
    // oxlint-disable-next-line react/exhaustive-deps -- changed rows alone move nothing
  }, [store, lines, first, last]);
}

function useOffsetTop(
  element: RefObject<HTMLElement | null>,
  scroller: RefObject<HTMLElement | null>,
): number {
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    const page = scroller.current;
    const target = element.current;
    if (page === null || target === null) return;
    const measure = () =>
      setOffset(
        target.getBoundingClientRect().top - page.getBoundingClientRect().top + page.scrollTop,
      );
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(page);
    for (const child of page.firstElementChild?.children ?? []) observer.observe(child);
    return () => observer.disconnect();
  }, [element, scroller]);
  return offset;
}

function domIdOf(id: string): string {
  return `session-${id}`;
}
