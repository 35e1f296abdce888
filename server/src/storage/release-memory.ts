import { flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How long after its start a thread has loaded all that it loads, ms. */
const settledAfterMs = 5_000;

type Collect = (options: {
  type: 'major';
  execution: 'async';
  flavor: 'last-resort';
}) => Promise<void>;

/**
 * Gives back, once, what starting this thread left behind: loading code grows the young generation to eight times of
 * what an idle server needs, and the engine shrinks it only when it collects all. Some 40 MB over three threads.
 */
export function releaseMemoryOnceSettled(): void {
  setTimeout(() => void releaseMemory(), settledAfterMs).unref();
}

async function releaseMemory(): Promise<void> {
  // Kept now, not at the end: an end may be a kill, and code that is compiled later serves no start.
  flushCompileCache();
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as Collect;
  // Code that only the start ran goes too; what is called again is compiled again.
  setFlagsFromString('--bytecode-old-age=1');
  await collect({ type: 'major', execution: 'async', flavor: 'last-resort' });
  setFlagsFromString(`--bytecode-old-age=${usualCodeAge}`);
}

/** In collections: what the engine begins with. */
const usualCodeAge = 6;
