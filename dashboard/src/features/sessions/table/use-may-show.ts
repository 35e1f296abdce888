import { useEffect, type RefObject } from 'react';
import type { SessionListStore } from '../list/session-list-store.ts';

const stillMs = 4_000;
const topPx = 8;

/**
 * Lets new rows slide in while the reader is at the top and the pointer is not at work over the
 * rows; held rows are shown as soon as that is so again.
 */
export function useMayShow(
  scroller: RefObject<HTMLElement | null>,
  body: RefObject<HTMLElement | null>,
  store: SessionListStore,
  busy: boolean,
): void {
  useEffect(() => {
    const page = scroller.current;
    const rows = body.current;
    if (page === null || rows === null) return;
    let atWork = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const update = () => {
      store.allowShow(page.scrollTop <= topPx && !atWork && !busy);
    };
    const onMove = () => {
      atWork = true;
      update();
      clearTimeout(timer);
      timer = setTimeout(onStill, stillMs);
    };
    const onStill = () => {
      atWork = false;
      clearTimeout(timer);
      update();
    };
    update();
    page.addEventListener('scroll', update, { passive: true });
    rows.addEventListener('pointermove', onMove, { passive: true });
    rows.addEventListener('pointerleave', onStill);
    return () => {
      clearTimeout(timer);
      page.removeEventListener('scroll', update);
      rows.removeEventListener('pointermove', onMove);
      rows.removeEventListener('pointerleave', onStill);
    };
  }, [scroller, body, store, busy]);
}
