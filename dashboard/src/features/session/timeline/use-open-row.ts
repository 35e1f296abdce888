import { useNavigate } from '@tanstack/react-router';
import { withDrawer } from '../../../lib/url/drawer-search.ts';
import { useSessionPlace } from '../session-place.ts';
import type { TimelineRow } from './build-rows.ts';
import type { Timeline } from './use-timeline.ts';

/** `push` leaves a step for the browser's Back. */
export type OpenEvent = (eventId: string, how: 'push' | 'replace') => void;

/** Opens what a row stands for: its event, its session, or the rows below it. */
export function useOpenRow(
  timeline: Timeline,
  onOpen: OpenEvent,
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
