import type { ControlCommand } from '@niitaka/core/control/control-command.ts';
import type { Storage } from '../storage/port.ts';

/** What a poll for commands asks. */
export interface OrderPoll {
  readonly orgId: string;
  readonly sessionIds: readonly string[];
  readonly waitMs: number;
  /** Ends the wait: the caller has gone, or the server stops. */
  readonly signal: AbortSignal;
}

/** The commands that wait to be obeyed: at once where there are some, else as soon as one is given or the wait ends. */
export async function waitForOrders(
  { reader, onChange }: Pick<Storage, 'reader' | 'onChange'>,
  { orgId, sessionIds, waitMs, signal }: OrderPoll,
): Promise<ControlCommand[]> {
  const untilMs = performance.now() + waitMs;
  let changed = Promise.withResolvers<void>();
  const stop = onChange((id) => {
    if (id === orgId) changed.resolve();
  });
  try {
    for (;;) {
      // A change during the read wakes the wait after it.
      changed = Promise.withResolvers<void>();
      const open = await reader.openCommands(orgId, sessionIds);
      const leftMs = untilMs - performance.now();
      if (open.length > 0 || leftMs <= 0 || signal.aborted) return open;
      await firstOf(changed.promise, leftMs, signal);
    }
  } finally {
    stop();
  }
}

function firstOf(changed: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish, { once: true });
    void changed.then(finish);
  });
}
