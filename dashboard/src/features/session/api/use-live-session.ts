import type { SessionDetail, SessionRow } from '@niitaka/protocol/session.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { ReadPages } from '../../../lib/api/read-pages.ts';
import { useLiveSessions } from '../../../lib/live/use-live-sessions.ts';
import { childrenQuery, sessionQuery } from './session-queries.ts';

/** What a change leaves stale (ledger, cost, signals, decisions) is read again at most this often. */
const READ_AGAIN_MS = 2_000;

/** Keeps what is shown of one session in step with the stream. */
export function useLiveSession(sessionId: string): void {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const readAgain = () => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void client.invalidateQueries({
        queryKey: ['session', sessionId],
        predicate: (query) => query.queryKey[2] !== 'event',
      });
    }, READ_AGAIN_MS);
  };

  useLiveSessions({
    onSession: (row) => {
      if (row.id === sessionId) {
        client.setQueryData<SessionDetail>(
          sessionQuery(sessionId).queryKey,
          (known) => known && { ...known, ...row },
        );
        readAgain();
      } else if (row.parent_session_id === sessionId) {
        client.setQueryData<ReadPages<SessionRow>>(
          childrenQuery(sessionId).queryKey,
          (known) => known && { ...known, items: withRow(known.items, row) },
        );
      }
    },
    onDeleted: (id) => {
      if (id === sessionId) readAgain();
    },
    onReset: readAgain,
  });
}

function withRow(rows: readonly SessionRow[], row: SessionRow): SessionRow[] {
  const known = rows.some((one) => one.id === row.id);
  return known ? rows.map((one) => (one.id === row.id ? row : one)) : [row, ...rows];
}
