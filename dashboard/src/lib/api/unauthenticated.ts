type Listener = () => void;

const listeners = new Set<Listener>();

/** Calls the listener whenever the server says that nobody is signed in; returns the undo. */
export function onUnauthenticated(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Tells every listener that nobody is signed in. */
export function reportUnauthenticated(): void {
  for (const listener of listeners) listener();
}
