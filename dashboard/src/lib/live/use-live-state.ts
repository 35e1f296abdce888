import { useSyncExternalStore } from 'react';
import { currentHub } from './current-hub.ts';
import type { LiveState } from './live-notice.ts';

/** How fresh the page is. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (listener) => currentHub().listen((notice) => notice.kind === 'status' && listener()),
    () => currentHub().status.state,
  );
}
