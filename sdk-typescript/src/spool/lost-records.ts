import type { RecordHead } from '../transport/entry.ts';

/** Numbered records that one sender lost of one session. */
export interface LostRecords {
  readonly sessionId: string;
  readonly sender: string;
  readonly count: number;
  /** The highest number that the lost records tell of. */
  readonly highestSeq: number;
}

/** Counts lost records by session and sender. A lost close counts none, but makes its ledger speak again. */
export function countLost(heads: readonly RecordHead[]): LostRecords[] {
  const found = new Map<string, LostRecords>();
  for (const { kind, sessionId, sender, seq, lastSeq } of heads) {
    if (sessionId === null || sender === null) continue;
    if (seq === null && kind !== 'sender.close') continue;
    const key = `${sessionId}/${sender}`;
    const before = found.get(key);
    found.set(key, {
      sessionId,
      sender,
      count: (before?.count ?? 0) + (seq === null ? 0 : 1),
      highestSeq: Math.max(before?.highestSeq ?? 0, seq ?? lastSeq ?? 0),
    });
  }
  return [...found.values()];
}

/** True for what a full spool may lose: all but starts, ends, and closes that `ownSender` cannot say again. */
export function mayBeDropped(head: RecordHead, ownSender: string): boolean {
  if (head.kind === 'session.start' || head.kind === 'session.end') return false;
  return head.kind !== 'sender.close' || head.sender === ownSender;
}
