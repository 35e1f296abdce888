import { accessWrites } from '../queries/access-writes.ts';
import { agentWrites } from '../queries/agent-versions.ts';
import { readMarkWrites } from '../queries/read-marks.ts';
import { policyWrites } from '../queries/policies.ts';
import type { Tx } from '../tx.ts';
import { leaseWrites } from './budgets.ts';
import { changeWrites } from './changes.ts';
import { commandWrites } from './commands.ts';
import { deletionWrites } from './deletions.ts';
import { endedSessions } from './ended-sessions.ts';
import { eventWrites } from './events.ts';
import { expiryWrites } from './expiry.ts';
import { linkWrites } from './links.ts';
import { modelWrites } from './models.ts';
import { priceWrites, type PriceIds } from './prices.ts';
import { senderWrites } from './senders.ts';
import { sessionWrites, type WaitingSessions } from './sessions.ts';
import { signalWrites } from './signals.ts';
import { postgresStatements } from './statements.ts';
import { totalWrites } from './totals.ts';
import type { Work } from './work.ts';

/** Every write of the port within one transaction; what it keeps is written by `work.flush()`. */
export function openTx(work: Work, priceIds: PriceIds): Tx {
  const waiting: WaitingSessions = { started: new Map(), changed: new Map() };
  const sessions = sessionWrites(work, waiting);
  const { readSenders, ...senders } = senderWrites(work);
  return {
    ...sessions,
    async loadSessions(orgId, ids) {
      const stored = await sessions.loadSessions(orgId, ids);
      // Ledgers come right after the sessions they belong to, under the same locks.
      if (stored.size > 0) await readSenders(orgId, [...stored.keys()]);
      return stored;
    },
    ...linkWrites(work, waiting),
    ...senders,
    ...eventWrites(work),
    ...priceWrites(work, priceIds),
    ...signalWrites(work),
    ...commandWrites(work),
    ...changeWrites(work),
    ...totalWrites(work),
    ...deletionWrites(work),
    ...leaseWrites(work),
    ...endedSessions(work),
    ...expiryWrites(work),
    ...accessWrites(postgresStatements(work)),
    ...readMarkWrites(postgresStatements(work)),
    ...agentWrites(postgresStatements(work)),
    ...policyWrites(postgresStatements(work)),
    ...modelWrites(work),
  };
}
