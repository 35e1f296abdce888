let isReachable = true;
const listeners = new Set<() => void>();

/** Whether the newest request had an answer, whatever it said. */
export function serverIsReachable(): boolean {
  return isReachable;
}

/** Takes down how a request ended. */
export function noteReachable(reachable: boolean): void {
  if (reachable === isReachable) return;
  isReachable = reachable;
  for (const listener of listeners) listener();
}

/** Calls the listener at every change until the returned function is called. */
export function followReachable(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
