import { sql } from 'kysely';
import type { SessionWhole } from '../session-reader.ts';
import { senderColumnNames, senderFromRow, type SenderSql } from '../sqlite/sender-row.ts';
import type { OfSession } from './event-reads.ts';
import type { Runner } from './runner.ts';

/** Senders shown of one session. */
const shownSenders = 1_000;

/** The ledgers of a session's senders (D1). */
export async function sendersOf(
  runner: Runner,
  ofSession: OfSession,
): Promise<SessionWhole['senders']> {
  const columns = sql.join(senderColumnNames.map((name) => sql.ref(name)));
  const rows = await runner.all<SenderSql & { readonly sender: unknown }>(
    sql`select sender, ${columns} from senders as e where ${ofSession('e')} limit ${shownSenders}`,
  );
  return rows.map((row) => senderFromRow(runner.uuid(row.sender), row));
}
