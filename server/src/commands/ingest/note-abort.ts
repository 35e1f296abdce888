import type { StoredSession } from '../../storage/session-tx.ts';
import type { SessionSet } from '../session-set.ts';

/** The run was stopped, also where the server's own evaluation told of the decision first (P6, P7). */
export function noteAbort(sessions: SessionSet, stored: StoredSession | undefined): void {
  if (stored === undefined || stored.session.aborted) return;
  stored.session.aborted = true;
  sessions.touch(stored.session.id, true);
}
