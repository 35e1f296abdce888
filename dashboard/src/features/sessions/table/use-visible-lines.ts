import { useVirtualizer, type VirtualItem } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useState, type RefObject } from 'react';
import { useNarrow } from '../../../lib/use-media.ts';
import type { SessionList } from '../list/use-session-list.ts';

const lineHeightPx = 35;
const narrowLineHeightPx = 60;
const linesAhead = 40;

/** The lines in view and where they stand. */
export interface VisibleLines {
  readonly items: readonly VirtualItem[];
  readonly narrow: boolean;
  readonly height: number;
  readonly totalHeight: number;
  /** How far the first line stands below the top of what scrolls, in px. */
  readonly margin: number;
  readonly scrollTo: (index: number) => void;
}

/** Follows which lines are in view; reads on before the reader gets to the end. */
export function useVisibleLines(
  list: SessionList,
  scroller: RefObject<HTMLElement | null>,
  body: RefObject<HTMLElement | null>,
): VisibleLines {
  const { store, snapshot } = list;
  const { lines, loadingMore, moreFailed } = snapshot;
  const narrow = useNarrow();
  const height = narrow ? narrowLineHeightPx : lineHeightPx;
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
  return {
    items,
    narrow,
    height,
    margin,
    totalHeight: virtualizer.getTotalSize(),
    scrollTo: (index) => virtualizer.scrollToIndex(index, { align: 'auto' }),
  };
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
