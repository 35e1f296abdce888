import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react';
import type { TimelineRow } from './build-rows.ts';
import { AXIS_HEIGHT, ROW_HEIGHT } from './line-size.ts';

const AT_END_PX = 8;

/**
 * Nothing jumps when rows arrive: the top row in sight stays where it is, and a reader at the end of
 * a running session stays at the end.
 */
export function useScrollAnchor(
  scroller: RefObject<HTMLElement | null>,
  rows: readonly TimelineRow[],
  indexOf: ReadonlyMap<string, number>,
  running: boolean,
): void {
  const seen = useRef({ key: '', offset: 0, atEnd: false });
  const current = useRef(rows);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const note = () => {
      const index = Math.floor(element.scrollTop / ROW_HEIGHT);
      seen.current = {
        key: current.current[index]?.key ?? '',
        offset: element.scrollTop - index * ROW_HEIGHT,
        atEnd: element.scrollTop + element.clientHeight >= element.scrollHeight - AT_END_PX,
      };
    };
    note();
    element.addEventListener('scroll', note, { passive: true });
    return () => element.removeEventListener('scroll', note);
  }, [scroller]);

  useLayoutEffect(() => {
    current.current = rows;
    const element = scroller.current;
    if (element === null) return;
    const { key, offset, atEnd } = seen.current;
    if (running && atEnd && element.scrollTop > 0) {
      element.scrollTo({ top: rows.length * ROW_HEIGHT + AXIS_HEIGHT });
      return;
    }
    const index = indexOf.get(key);
    if (index === undefined || element.scrollTop === 0) return;
    const top = index * ROW_HEIGHT + offset;
    if (Math.abs(top - element.scrollTop) >= 1) element.scrollTo({ top });
  }, [scroller, rows, indexOf, running]);
}
