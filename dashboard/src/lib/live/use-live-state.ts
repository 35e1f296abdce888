import { useSyncExternalStore } from 'react';
import { followReachable, serverIsReachable } from '../api/reachability.ts';
import { currentHub } from './current-hub.ts';
import type { LiveState } from './live-notice.ts';

/** How fresh the page is; `no-connection` where neither the stream nor a request gets through. */
export function useLiveState(): LiveState | 'no-connection' {
  const state = useSyncExternalStore(
    (listener) => currentHub().listen((notice) => notice.kind === 'status' && listener()),
    () => currentHub().status.state,
  );
  const isReachable = useSyncExternalStore(followReachable, serverIsReachable);
  return state === 'live' || isReachable ? state : 'no-connection';
}
