import {
  ledgerFigures,
  type LedgerFigures,
  type SenderLedger,
} from '@niitaka/core/delivery/sender-ledger.ts';
import { addSeqs, countSeqs, type SeqRanges } from '@niitaka/core/delivery/seq-ranges.ts';
import type { Connection } from '../connection.ts';
import { compareFields, type Report } from './difference.ts';

interface SenderSql {
  readonly sender: Buffer;
  readonly max_seq: number;
  readonly closed_last_seq: number | null;
  readonly received_ranges: string;
  readonly refused_ranges: string;
  readonly dropped_by: string;
}

interface SessionSql {
  readonly session_key: number;
  readonly dropped_by: string | null;
}

/** Recomputes every session's delivery sums from its senders, and that each stored number stands as received (D1). */
export function checkLedgers(db: Connection, report: Report): void {
  const sessions = db.prepare<[], SessionSql>(
    `SELECT session_key, expected, received, refused, missing, dropped, open_senders, dropped_by FROM sessions`,
  );
  const senders = db.prepare<[number], SenderSql>('SELECT * FROM senders WHERE session_key = ?');
  const stored = db.prepare<[number], [Buffer, number | null, number | null]>(
    'SELECT sender, seq, close_seq FROM events WHERE session_key = ? AND sender IS NOT NULL',
  );
  for (const session of sessions.iterate()) {
    const rows = senders.all(session.session_key);
    const subject = String(session.session_key);
    const check = 'delivery from senders';
    compareFields(report, check, subject, withReasons(session), sumsOf(rows));
    const numbers = new Map<string, number[]>();
    for (const [sender, seq, closeSeq] of stored.raw().all(session.session_key)) {
      const known = numbers.get(sender.toString('hex')) ?? [];
      numbers.set(sender.toString('hex'), known);
      for (const one of [seq, closeSeq]) if (one !== null) known.push(one);
    }
    reportUnreceived(report, subject, rows, numbers);
  }
}

function withReasons(session: SessionSql): Readonly<Record<string, unknown>> {
  return { ...session, dropped_by: sorted(JSON.parse(session.dropped_by ?? '{}') as Reasons) };
}

type Reasons = Readonly<Record<string, number>>;

function sumsOf(rows: readonly SenderSql[]): Readonly<Record<string, unknown>> {
  const figures = rows.map((row) => ledgerFigures(ledgerOf(row)));
  const sum = (of: (one: LedgerFigures) => number) =>
    figures.reduce((total, one) => total + of(one), 0);
  const reasons = new Map<string, number>();
  for (const row of rows) {
    for (const [reason, count] of Object.entries(JSON.parse(row.dropped_by) as Reasons)) {
      reasons.set(reason, (reasons.get(reason) ?? 0) + count);
    }
  }
  return {
    expected: sum((one) => one.expected),
    received: sum((one) => one.received),
    refused: sum((one) => one.refused),
    missing: sum((one) => one.missing),
    dropped: sum((one) => one.dropped),
    open_senders: sum((one) => Number(one.open)),
    dropped_by: sorted(Object.fromEntries(reasons)),
  };
}

function sorted(reasons: Reasons): Reasons {
  const named = Object.entries(reasons).filter(([, count]) => count !== 0);
  return Object.fromEntries(named.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function ledgerOf(row: SenderSql): SenderLedger {
  return {
    maxSeq: row.max_seq,
    closedLastSeq: row.closed_last_seq,
    received: JSON.parse(row.received_ranges) as SeqRanges,
    refused: JSON.parse(row.refused_ranges) as SeqRanges,
    droppedBy: JSON.parse(row.dropped_by) as Reasons,
    omitted: {},
  };
}

function reportUnreceived(
  report: Report,
  subject: string,
  rows: readonly SenderSql[],
  numbers: ReadonlyMap<string, readonly number[]>,
): void {
  const ledgers = new Map(rows.map((row) => [row.sender.toString('hex'), ledgerOf(row)]));
  for (const [sender, seqs] of numbers) {
    const received = ledgers.get(sender)?.received ?? [];
    const missed = countSeqs(addSeqs(received, seqs)) - countSeqs(received);
    const check = 'stored numbers are received';
    compareFields(report, check, `${subject} ${sender}`, { missed: 0 }, { missed });
  }
}
