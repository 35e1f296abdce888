import { defaultClient } from '../client/default-client.ts';
import { currentScope } from '../context/scope.ts';
import type { Recorder } from './recorder.ts';

/** The session of the running code. A call outside any goes to none: told once, for mostly a context got lost. */
export function recorderHere(what: string): Recorder | null {
  const recorder = currentScope()?.recorder;
  if (recorder) return recorder;
  defaultClient().warn(
    'no_session',
    `${what}() was called outside a session: it is not recorded. Wrap it in startSession().`,
  );
  return null;
}
