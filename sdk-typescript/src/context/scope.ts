import { AsyncLocalStorage } from 'node:async_hooks';
import type { Recorder } from '../session/recorder.ts';

/** Where in the program we are: in which session, in which call. */
export interface Scope {
  readonly recorder: Recorder;
  /** The call that runs here; null outside any. */
  readonly eventId: string | null;
  /** What holds when this scope does not. */
  readonly previous: Scope | null;
  /** True for a scope that was entered without a callback: it holds only while its session runs. */
  readonly isEntered: boolean;
  /** True until the code that entered has been able to continue: what runs before is not inside. */
  isFresh: boolean;
}

const storage = new AsyncLocalStorage<Scope>();

/** The scope of the running code; null outside any session. */
export function currentScope(): Scope | null {
  let scope = storage.getStore() ?? null;
  while (scope?.isEntered && (scope.isFresh || scope.recorder.isEnded)) scope = scope.previous;
  return scope;
}

/** Runs `fn`, and everything that it starts, inside a session and a call. */
export function runIn<T>(recorder: Recorder, eventId: string | null, fn: () => T): T {
  const previous = currentScope();
  return storage.run({ recorder, eventId, previous, isEntered: false, isFresh: false }, fn);
}

/**
 * Makes a session current for the code that awaits the answer of the running function. Code that was started
 * in the same turn without an `await`, such as the next of several parallel runs, is not inside.
 */
export function enterScope(recorder: Recorder): void {
  const scope: Scope = {
    recorder,
    eventId: null,
    previous: currentScope(),
    isEntered: true,
    isFresh: true,
  };
  storage.enterWith(scope);
  queueMicrotask(() => {
    scope.isFresh = false;
  });
}
