import type { Warn } from '../client/warn.ts';

type LeaseCall = typeof import('./lease-call.ts');

/**
 * What the budget of a tree takes: few agents have one, and the others do not load it. Null, told once, where it is
 * not there any more, as after an upgrade under a running program: then the totals that are known decide. Never rejects.
 */
export async function loadLease(
  warn: Warn,
  load: () => Promise<LeaseCall> = () => import('./lease-call.ts'),
): Promise<LeaseCall | null> {
  try {
    return await load();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    warn('lease', `Calls are not booked on the budget of their tree: ${reason}`);
    return null;
  }
}
