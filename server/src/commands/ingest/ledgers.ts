import { countOf, type CountByReason } from '@niitaka/core/delivery/count-by-reason.ts';
import {
  closeLedger,
  emptyLedger,
  ledgerFigures,
  recordSeqs,
  type LedgerFigures,
  type SenderLedger,
} from '@niitaka/core/delivery/sender-ledger.ts';
import type { Session } from '@niitaka/core/session/session.ts';
import type { StoredSender, StoredSession } from '../../storage/session-tx.ts';
import type { Tx } from '../../storage/tx.ts';
import type { SessionSet } from '../session-set.ts';

interface HeldSender {
  readonly stored: StoredSession;
  readonly sender: string;
  readonly clockOffsetMs: number;
  readonly before: SenderLedger | null;
  ledger: SenderLedger;
  readonly received: number[];
  readonly refused: number[];
}

/** The delivery ledgers that a group of batches touches: loaded once, saved once (D1). */
export interface Ledgers {
  /** Loads the senders of records to come; `offsetMs` is the clock offset of those never seen before (E6). */
  load(senders: Iterable<SenderOf>, offsetMs: number): Promise<void>;
  /** A number arrived and is accounted for. */
  received(sessionId: string, sender: string, seq: number): void;
  /** A number was refused for good. */
  refused(sessionId: string, sender: string, seq: number): void;
  /** Whether a number had arrived before, in this group or an earlier one. */
  knows(sessionId: string, sender: string, seq: number): boolean;
  /** A sender closes; answers whether that was news. */
  close(
    sessionId: string,
    sender: string,
    lastSeq: number,
    dropped: CountByReason,
    omitted: CountByReason,
  ): boolean;
  /** The clock offset of the sender's first batch in the session, ms (E6). */
  clockOffsetMs(sessionId: string, sender: string): number;
  /** Saves what changed and moves the sessions' delivery sums by the difference. */
  flush(): Promise<void>;
}

/** A sender within a session. */
export interface SenderOf {
  readonly sessionId: string | null;
  readonly sender: string | null;
}

/** Ledgers over a set of sessions. */
export function openLedgers(tx: Tx, sessions: SessionSet): Ledgers {
  const held = new Map<string, Map<string, HeldSender>>();
  const find = (sessionId: string, sender: string) => held.get(sessionId)?.get(sender);
  const keep = (sessionId: string, one: HeldSender) => {
    const own = held.get(sessionId) ?? new Map<string, HeldSender>();
    held.set(sessionId, own.set(one.sender, one));
  };
  return {
    async load(senders, offsetMs) {
      for (const { sessionId, sender } of senders) {
        if (sessionId === null || sender === null || find(sessionId, sender) !== undefined)
          continue;
        const stored = sessions.get(sessionId);
        if (stored === undefined) continue;
        const loaded = (await tx.loadSenders(stored, [sender])).get(sender);
        keep(sessionId, hold(stored, sender, loaded, offsetMs));
      }
    },
    received(sessionId, sender, seq) {
      find(sessionId, sender)?.received.push(seq);
    },
    refused(sessionId, sender, seq) {
      find(sessionId, sender)?.refused.push(seq);
    },
    knows(sessionId, sender, seq) {
      const one = find(sessionId, sender);
      if (one === undefined) return false;
      const stands = one.ledger.received.some(([first, last]) => first <= seq && seq <= last);
      return stands || one.received.includes(seq);
    },
    close(sessionId, sender, lastSeq, dropped, omitted) {
      const one = find(sessionId, sender);
      if (one === undefined) return false;
      const closed = closeLedger(one.ledger, lastSeq, dropped, omitted);
      const isNews = JSON.stringify(closed) !== JSON.stringify(one.ledger);
      one.ledger = closed;
      return isNews;
    },
    clockOffsetMs: (sessionId, sender) => find(sessionId, sender)?.clockOffsetMs ?? 0,
    async flush() {
      for (const own of held.values()) {
        for (const one of own.values()) await save(tx, sessions, one);
      }
    },
  };
}

function hold(
  stored: StoredSession,
  sender: string,
  loaded: StoredSender | undefined,
  offsetMs: number,
): HeldSender {
  return {
    stored,
    sender,
    clockOffsetMs: loaded?.clockOffsetMs ?? offsetMs,
    before: loaded?.ledger ?? null,
    ledger: loaded?.ledger ?? emptyLedger,
    received: [],
    refused: [],
  };
}

async function save(tx: Tx, sessions: SessionSet, one: HeldSender): Promise<void> {
  const isTouched = one.received.length > 0 || one.refused.length > 0 || one.ledger !== one.before;
  const ledger = isTouched ? recordSeqs(one.ledger, one.received, one.refused) : one.ledger;
  const isUnchanged = one.before !== null && JSON.stringify(ledger) === JSON.stringify(one.before);
  if (isUnchanged || (one.before === null && ledger.maxSeq === 0 && ledger.closedLastSeq === null))
    return;
  const { sender, clockOffsetMs } = one;
  await tx.saveSenders(one.stored, [{ sender, clockOffsetMs, ledger }]);
  const { session } = one.stored;
  moveSums(
    session,
    one.before === null ? nothing : ledgerFigures(one.before),
    ledgerFigures(ledger),
  );
  moveReasons(session, one.before?.droppedBy ?? {}, ledger.droppedBy);
  sessions.touch(session.id, true);
}

const nothing: LedgerFigures = {
  expected: 0,
  received: 0,
  refused: 0,
  missing: 0,
  dropped: 0,
  open: false,
};

function moveSums(session: Session, before: LedgerFigures, after: LedgerFigures): void {
  session.expected += after.expected - before.expected;
  session.received += after.received - before.received;
  session.refused += after.refused - before.refused;
  session.missing += after.missing - before.missing;
  session.dropped += after.dropped - before.dropped;
  session.openSenders += Number(after.open) - Number(before.open);
}

function moveReasons(session: Session, before: CountByReason, after: CountByReason): void {
  for (const [reason, count] of Object.entries(after)) {
    const change = count - countOf(before, reason);
    if (change === 0) continue;
    session.droppedBy = {
      ...session.droppedBy,
      [reason]: countOf(session.droppedBy, reason) + change,
    };
  }
}
