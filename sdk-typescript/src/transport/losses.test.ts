import type { IngestRecord } from '@niitaka/protocol/ingest.ts';
import { describe, expect, test } from 'vitest';
import { eventRecord, testSender, testSession } from '../testing/store-fixture.ts';
import { closeSender, endSession } from './close-records.ts';
import { addCount, LedgerBook } from './ledger-book.ts';
import { Losses } from './losses.ts';

const foreign = '33333333-3333-4333-8333-333333333333';

function losses() {
  const book = new LedgerBook(testSender);
  const sent: IngestRecord[] = [];
  return { book, sent, losses: new Losses(testSender, book, (record) => sent.push(record)) };
}

const headOf = (seq: number) => eventRecord(seq).head;
const foreignHead = (seq: number) => ({ ...headOf(seq), sender: foreign });

describe('Losses.inSessions()', () => {
  test('counts by reason, and tells the whole count each time (D1)', () => {
    const { book, sent, losses: it } = losses();
    book.of(testSession).lastSeq = 9;
    it.inSessions([headOf(1), headOf(2)], 'spool_full');
    it.inSessions([headOf(3)], 'queue_full');
    const close = {
      kind: 'sender.close',
      session_id: testSession,
      sender: testSender,
      last_seq: 9,
    };
    expect(sent).toEqual([
      { ...close, dropped: { spool_full: 2 } },
      { ...close, dropped: { spool_full: 2, queue_full: 1 } },
    ]);
  });

  test('counts for the sender that numbered the records', () => {
    const { sent, losses: it } = losses();
    it.inSessions([foreignHead(4), foreignHead(7)], 'spool_full');
    expect(sent).toEqual([
      {
        kind: 'sender.close',
        session_id: testSession,
        sender: foreign,
        last_seq: 7,
        dropped: { spool_full: 2 },
      },
    ]);
  });

  test('lets a lost close be said again, and counts nothing for it', () => {
    const { sent, losses: it } = losses();
    const close = { ...headOf(1), kind: 'sender.close' as const, seq: null, lastSeq: 5 };
    it.inSessions([close], 'queue_full');
    expect(sent).toEqual([
      {
        kind: 'sender.close',
        session_id: testSession,
        sender: testSender,
        last_seq: 5,
        dropped: {},
      },
    ]);
  });

  test('leaves records without a number out of the ledger', () => {
    const { sent, losses: it } = losses();
    it.inSessions([{ ...headOf(1), seq: null }], 'spool_full');
    expect(sent).toEqual([]);
  });
});

describe('Losses.ofNoSession()', () => {
  test('adds up for the process', () => {
    const { losses: it } = losses();
    expect(it.forGood).toBe(undefined);
    it.ofNoSession(0, 'start_refused');
    it.ofNoSession(2, 'start_refused');
    it.ofNoSession(3, 'start_refused');
    it.ofNoSession(1, 'session_not_found');
    expect(it.forGood).toEqual({ start_refused: 5, session_not_found: 1 });
  });
});

describe('Losses.closeAdopted()', () => {
  test('closes a dead sender at the highest number found (D1)', () => {
    const { sent, losses: it } = losses();
    for (const seq of [2, 5, 3]) it.noteAdopted(foreignHead(seq));
    it.closeAdopted();
    it.closeAdopted();
    expect(sent).toEqual([
      { kind: 'sender.close', session_id: testSession, sender: foreign, last_seq: 5, dropped: {} },
    ]);
  });

  test('does not close a sender that has closed itself, or ended its session', () => {
    const { sent, losses: it } = losses();
    it.noteAdopted(foreignHead(2));
    it.noteAdopted({ ...foreignHead(1), kind: 'session.end', seq: null, lastSeq: 2 });
    it.closeAdopted();
    expect(sent).toEqual([]);
  });

  test('closes again where numbers follow a close', () => {
    const { sent, losses: it } = losses();
    it.noteAdopted({ ...foreignHead(1), kind: 'sender.close', seq: null, lastSeq: 2 });
    it.noteAdopted(foreignHead(3));
    it.closeAdopted();
    expect(sent.map((record) => 'last_seq' in record && record.last_seq)).toEqual([3]);
  });

  test('does not take own records for adopted ones', () => {
    const { sent, losses: it } = losses();
    it.noteAdopted(headOf(4));
    it.closeAdopted();
    expect(sent).toEqual([]);
  });
});

describe('LedgerBook', () => {
  test('keeps one ledger per session and sender', () => {
    const book = new LedgerBook(testSender);
    expect(book.of(testSession)).toBe(book.of(testSession, testSender));
    expect(book.of(testSession)).not.toBe(book.of(testSession, foreign));
  });

  test('names the own ledgers with news', () => {
    const book = new LedgerBook(testSender);
    book.of(testSession).isTold = false;
    book.of(testSession, foreign).isTold = false;
    expect(book.untold()).toEqual([book.of(testSession)]);
  });

  test('forgets the oldest told ones at its limit, and no other', () => {
    const book = new LedgerBook(testSender);
    const untold = book.of('first');
    untold.isTold = false;
    for (let count = 0; count < 10_050; count += 1) book.of(`session ${count}`);
    expect(book.of('first')).toBe(untold);
    const again = book.of('session 10');
    expect(again.lastSeq).toBe(0);
  });
});

describe('closeSender() and endSession()', () => {
  test('tell the ledger, and leave out what is empty', () => {
    const ledger = new LedgerBook(testSender).of(testSession);
    ledger.lastSeq = 3;
    ledger.isTold = false;
    const ids = { session_id: testSession, sender: testSender };
    expect(endSession(ledger, 0)).toEqual({
      kind: 'session.end',
      ...ids,
      ended_at: '1970-01-01T00:00:00.000Z',
      last_seq: 3,
    });
    expect(ledger.isTold).toBe(true);
    addCount(ledger.omitted, 'metrics_refused', 2);
    addCount(ledger.dropped, 'spool_full', 1);
    const counts = { dropped: { spool_full: 1 }, omitted: { metrics_refused: 2 } };
    expect(closeSender(ledger)).toEqual({ kind: 'sender.close', ...ids, last_seq: 3, ...counts });
    expect(endSession(ledger, 0)).toMatchObject(counts);
  });
});
