import type { SignalPage } from '@niitaka/protocol/signal.ts';
import { useEffect, useRef } from 'react';
import { currentHub } from '../../lib/live/current-hub.ts';

/** A burst of signals is read once. */
const gatherMs = 150;

/** Reads the newest page again whenever the stream tells of a signal, was cut, or cannot be had. */
export function useNewest(
  read: (signal: AbortSignal) => Promise<SignalPage>,
  onPage: (page: SignalPage) => void,
): void {
  const current = useRef({ read, onPage });
  useEffect(() => {
    current.current = { read, onPage };
  });
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const readNewest = async () => {
      timer = undefined;
      try {
        const page = await current.current.read(abort.signal);
        if (!abort.signal.aborted) current.current.onPage(page);
      } catch {
        // The next signal or poll reads again; the light says that the page is not live.
      }
    };
    const stopListening = currentHub().listen((notice) => {
      const isNews =
        notice.kind === 'poll' ||
        (notice.kind === 'update' && (notice.name === 'signal' || notice.name === 'reset'));
      if (isNews) timer ??= setTimeout(() => void readNewest(), gatherMs);
    });
    return () => {
      clearTimeout(timer);
      abort.abort();
      stopListening();
    };
  }, []);
}
