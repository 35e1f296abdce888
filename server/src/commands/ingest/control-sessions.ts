import { acknowledge, heldByTree } from '@niitaka/core/control/control-command.ts';
import { correctTime } from '@niitaka/core/event/correct-time.ts';
import type { Session } from '@niitaka/core/session/session.ts';
import { noteAbort } from './note-abort.ts';
import { findSession, refuse, type BatchWork } from './batch-work.ts';
import type { AckRecord } from './record.ts';

/** Notes what became of operators' commands (G3); one that nobody gave is refused. */
export async function takeAcks(work: BatchWork, records: readonly AckRecord[]): Promise<void> {
  const { tx } = work.context;
  for (const record of records) {
    const { sessionId, commandId, state, reason } = record;
    const stored = findSession(work, record);
    if (stored === undefined) continue;
    const given = await tx.commandsOf(work.orgId, sessionId);
    const command = given.find(({ id }) => id === commandId);
    if (command === undefined) {
      const message = `Cannot acknowledge command ${commandId}: no such command was given to session ${sessionId}`;
      refuse(work, record, { code: 'invalid', message, retryable: false });
      continue;
    }
    const atMs = correctTime(record.atMs, work.offsetMs, work.times.arrivedAtMs);
    const acknowledged = acknowledge(command, state, atMs, reason);
    if (acknowledged === null) {
      work.duplicates += 1;
      continue;
    }
    await tx.saveCommand(work.orgId, acknowledged);
    work.accepted += 1;
    if (command.command === 'abort' && state === 'obeyed') noteAbort(work.sessions, stored);
    work.sessions.touch(sessionId, true);
  }
}

/** A session that begins in a tree takes over what its parent was asked together with the tree (G3). */
export async function takeOverCommands(work: BatchWork, session: Session): Promise<void> {
  const { parentSessionId } = session;
  if (parentSessionId === null) return;
  const { tx, newId, nowMs } = work.context;
  const held = heldByTree(await tx.commandsOf(work.orgId, parentSessionId), nowMs);
  if (held.length === 0) return;
  const open = { deliveredAtMs: null, obeyedAtMs: null, refusedAtMs: null, refusedReason: null };
  const own = held.map((command) => ({ ...command, ...open, id: newId(), sessionId: session.id }));
  await tx.insertCommands(work.orgId, own);
}
