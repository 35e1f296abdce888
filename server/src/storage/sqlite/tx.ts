import type { Tx } from '../tx.ts';
import { accessWrites } from '../queries/access-writes.ts';
import { modelWrites } from '../queries/models.ts';
import { agentWrites } from '../queries/agent-versions.ts';
import { readMarkWrites } from '../queries/read-marks.ts';
import { policyWrites } from '../queries/policies.ts';
import { sqliteStatements } from './statements.ts';
import { leaseWrites } from './budgets.ts';
import { changeWrites } from './changes.ts';
import { commandWrites } from './commands.ts';
import type { Connection } from './connection.ts';
import { deletionWrites } from './deletions.ts';
import { endedSessions } from './ended-sessions.ts';
import { eventWrites } from './events.ts';
import { expiryWrites } from './expiry.ts';
import { linkWrites } from './links.ts';
import { senderWrites } from './senders.ts';
import { sessionWrites } from './sessions.ts';
import { signalWrites } from './signals.ts';
import { totalWrites } from './totals.ts';

/** Every write of the port over one connection; statements are prepared once. */
export function openTx(db: Connection): Tx {
  return {
    ...sessionWrites(db),
    ...linkWrites(db),
    ...senderWrites(db),
    ...eventWrites(db),
    ...signalWrites(db),
    ...commandWrites(db),
    ...totalWrites(db),
    ...changeWrites(db),
    ...deletionWrites(db),
    ...leaseWrites(db),
    ...endedSessions(db),
    ...expiryWrites(db),
    ...accessWrites(sqliteStatements(db)),
    ...readMarkWrites(sqliteStatements(db)),
    ...agentWrites(sqliteStatements(db)),
    ...policyWrites(sqliteStatements(db)),
    ...modelWrites(sqliteStatements(db)),
  };
}
