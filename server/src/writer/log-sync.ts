import { closeSync, fdatasync, openSync } from 'node:fs';

/** Lets what was committed wait until the log that holds it is on disk. */
export interface LogSync<Committed> {
  /** Takes what was committed just now; it is given on once a sync that began later has ended. */
  add(committed: Committed): void;
  close(): void;
}

/**
 * Syncs the write-ahead log of a database beside the thread that writes it: the next transaction is made while the one
 * before it goes to disk, and whatever was committed meanwhile shares the next sync. After a failure nothing is given
 * on any more: what the log holds on disk is not known then.
 */
export function openLogSync<Committed>(
  logPath: string,
  onDurable: (committed: Committed) => void,
  onFailure: (error: Error) => void,
): LogSync<Committed> {
  let file: number | null = null;
  let waiting: Committed[] = [];
  let isSyncing = false;
  let isOver = false;
  const fail = (error: Error) => {
    isOver = true;
    onFailure(error);
  };
  const finish = (covered: readonly Committed[], error: Error | null) => {
    isSyncing = false;
    if (isOver) return;
    if (error !== null) return fail(error);
    for (const one of covered) onDurable(one);
    return next();
  };
  const next = () => {
    if (isSyncing || isOver || waiting.length === 0) return;
    const covered = waiting;
    waiting = [];
    isSyncing = true;
    try {
      file ??= openSync(logPath, 'r+');
    } catch (error) {
      return fail(error as Error);
    }
    fdatasync(file, (error) => finish(covered, error));
  };
  return {
    add(committed) {
      waiting.push(committed);
      next();
    },
    close() {
      isOver = true;
      if (file !== null) closeSync(file);
      file = null;
    },
  };
}
