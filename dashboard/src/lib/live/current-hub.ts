import { LiveHub } from './live-hub.ts';

let hub: LiveHub | undefined;

/** The page's hub, opened at first use. */
export function currentHub(): LiveHub {
  hub ??= new LiveHub();
  return hub;
}

/** Closes the stream, at sign-out; the next use opens a new one. */
export function closeHub(): void {
  hub?.close();
  hub = undefined;
}
