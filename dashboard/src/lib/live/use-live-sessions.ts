import type { SessionRow } from '@niitaka/protocol/session.ts';
import { useEffect, useRef } from 'react';
import { currentHub } from './current-hub.ts';
import type { LiveNotice } from './live-notice.ts';

export interface LiveSessionHandlers {
  /** A session came or changed: its whole row. */
  readonly onSession?: (row: SessionRow) => void;
  readonly onDeleted?: (id: string) => void;
  /** Changes were missed or cannot be pushed now: read the lists again. */
  readonly onReset?: () => void;
}

/** Calls the handlers with every change of any session while the component is shown. */
export function useLiveSessions(handlers: LiveSessionHandlers): void {
  const current = useRef(handlers);
  useEffect(() => {
    current.current = handlers;
  });
  useEffect(() => currentHub().listen((notice) => dispatch(notice, current.current)), []);
}

function dispatch(notice: LiveNotice, handlers: LiveSessionHandlers): void {
  if (notice.kind === 'poll') handlers.onReset?.();
  if (notice.kind !== 'update') return;
  if (notice.name === 'session') handlers.onSession?.(notice.data);
  if (notice.name === 'deleted') handlers.onDeleted?.(notice.data.id);
  if (notice.name === 'reset') handlers.onReset?.();
}
