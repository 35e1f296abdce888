import {
  ledgerFigures,
  type LedgerFigures,
  type SenderLedger,
} from '@niitaka/core/delivery/sender-ledger.ts';
import { addSeqs, countSeqs, type SeqRanges } from '@niitaka/core/delivery/seq-ranges.ts';
import { compareFields, type Report } from './difference.ts';

/** A sender of a session as stored. */
export interface SenderSql {
  readonly sender: Uint8Array;
  readonly max_seq: number;
  readonly closed_last_seq: number | null;
  readonly received_ranges: string;
  readonly refused_ranges: string;
  readonly dropped_by: string;
}

/** What a session says of its delivery. */
export interface DeliverySql {
  readonly dropped_by: string | null;
}

/** The columns of {@link DeliverySql}. */
export const deliveryColumns =
  'expected, received, refused, missing, dropped, open_senders, dropped_by';

/** The numbers under which an event was sent. */
export interface SeqsSql {
  readonly sender: Uint8Array;
  readonly seq: number | null;
  readonly close_seq: number | null;
}

/** Recomputes a session's delivery sums from its senders, and that each stored number stands as received (D1). */
export function checkLedger(
  report: Report,
  subject: string,
  session: DeliverySql,
  senders: readonly SenderSql[],
  stored: Iterable<SeqsSql>,
): void {
  const check = 'delivery from senders';
  compareFields(report, check, subject, withReasons(session), sumsOf(senders));
  const numbers = new Map<string, number[]>();
  for (const { sender, seq, close_seq: closeSeq } of stored) {
    const name = hexOf(sender);
    const known = numbers.get(name) ?? [];
    numbers.set(name, known);
    for (const one of [seq, closeSeq]) if (one !== null) known.push(one);
  }
  reportUnreceived(report, subject, senders, numbers);
}

function hexOf(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('hex');
}

function withReasons(session: DeliverySql): Readonly<Record<string, unknown>> {
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
  const ledgers = new Map(rows.map((row) => [hexOf(row.sender), ledgerOf(row)]));
  for (const [sender, seqs] of numbers) {
    const received = ledgers.get(sender)?.received ?? [];
    const missed = countSeqs(addSeqs(received, seqs)) - countSeqs(received);
    const check = 'stored numbers are received';
    compareFields(report, check, `${subject} ${sender}`, { missed: 0 }, { missed });
  }
}
