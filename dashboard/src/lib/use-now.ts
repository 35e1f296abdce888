import { useSyncExternalStore } from 'react';

type Listener = () => void;

const listeners = new Set<Listener>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = Date.now();

/** The current time in ms, renewed every second for all who ask: one timer per page. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, readNow);
}

/** A text made of the current time; renders again only when the text changes. */
export function useNowText(textAt: (nowMs: number) => string): string {
  return useSyncExternalStore(subscribe, () => textAt(now));
}

function subscribe(listener: Listener): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

function readNow(): number {
  return now;
}
