import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { useLiveSessions } from '../../../lib/live/use-live-sessions.ts';
import { SessionListStore, type ListQuery, type ListSnapshot } from './session-list-store.ts';

export interface SessionList {
  readonly store: SessionListStore;
  readonly snapshot: ListSnapshot;
  /** Whether the rows shown are still those of the list before. */
  readonly outdated: boolean;
}

/** The list of a query, live; the list before stays visible until the new one is read. */
export function useSessionList(key: string, specOf: () => ListQuery): SessionList {
  const store = useMemo(
    () => new SessionListStore(specOf()),
    // oxlint-disable-next-line react/exhaustive-deps -- the key names all that makes it another list
    [key],
  );
  useEffect(() => store.start(), [store]);
  const snapshot = useSyncExternalStore(store.subscribe, store.snapshot);
  const last = useRef<ListSnapshot>(undefined);
  if (snapshot.phase === 'ready') last.current = snapshot;
  useLiveSessions({
    onSession: store.onSession,
    onDeleted: store.onDeleted,
    onReset: store.refreshSoon,
  });
  const outdated = snapshot.phase === 'loading' && last.current !== undefined;
  return { store, snapshot: outdated && last.current ? last.current : snapshot, outdated };
}
