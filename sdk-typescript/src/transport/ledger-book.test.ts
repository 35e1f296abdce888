import { describe, expect, test } from 'vitest';
import { closeSender, endSession } from './close-records.ts';
import { addCount, LedgerBook } from './ledger-book.ts';

const me = '11111111-1111-4111-8111-111111111111';
const other = '22222222-2222-4222-8222-222222222222';
const session = '33333333-3333-4333-8333-333333333333';

describe('LedgerBook', () => {
  test('has one ledger per session and sender, beginning at nothing (D1)', () => {
    const book = new LedgerBook(me);
    const ledger = book.of(session);
    expect(ledger).toEqual({
      sessionId: session,
      sender: me,
      lastSeq: 0,
      dropped: {},
      omitted: {},
      isTold: true,
    });
    expect(book.of(session)).toBe(ledger);
    expect(book.of(session, other)).not.toBe(ledger);
  });

  test('knows which of its own have news, and leaves those of others to their senders', () => {
    const book = new LedgerBook(me);
    book.of(session).isTold = false;
    book.of(session, other).isTold = false;
    book.of('quiet');
    expect(book.untold().map(({ sender }) => sender)).toEqual([me]);
  });

  test('forgets the oldest that were told, and never one with news', () => {
    const book = new LedgerBook(me);
    const news = book.of('first');
    news.isTold = false;
    const told = book.of('second');
    for (let at = 0; at < 10_000; at += 1) book.of(`session ${at}`);
    expect(book.of('first')).toBe(news);
    expect(book.of('second')).not.toBe(told);
  });

  test('counts by reason', () => {
    const counts: Record<string, number> = {};
    addCount(counts, 'queue_full', 2);
    addCount(counts, 'queue_full', 3);
    addCount(counts, 'too_large', 1);
    expect(counts).toEqual({ queue_full: 5, too_large: 1 });
  });
});

describe('the records that close', () => {
  test('closeSender() tells numbers and losses, and marks them as told', () => {
    const ledger = new LedgerBook(me).of(session);
    Object.assign(ledger, { lastSeq: 7, isTold: false });
    expect(closeSender(ledger)).toEqual({
      kind: 'sender.close',
      session_id: session,
      sender: me,
      last_seq: 7,
      dropped: {},
    });
    expect(ledger.isTold).toBe(true);
    addCount(ledger.dropped, 'queue_full', 2);
    addCount(ledger.omitted, 'metrics_refused', 1);
    expect(closeSender(ledger)).toMatchObject({
      dropped: { queue_full: 2 },
      omitted: { metrics_refused: 1 },
    });
  });

  test('endSession() says when, and names losses only where there are any', () => {
    const ledger = new LedgerBook(me).of(session);
    ledger.lastSeq = 3;
    const end = {
      kind: 'session.end',
      session_id: session,
      sender: me,
      ended_at: '1970-01-01T00:00:01.500Z',
      last_seq: 3,
    };
    expect(endSession(ledger, 1500)).toEqual(end);
    addCount(ledger.dropped, 'spool_full', 1);
    expect(endSession(ledger, 1500)).toEqual({ ...end, dropped: { spool_full: 1 } });
  });

  test('what is told later does not change what was told', () => {
    const ledger = new LedgerBook(me).of(session);
    const record = closeSender(ledger);
    addCount(ledger.dropped, 'queue_full', 1);
    expect(record).toMatchObject({ dropped: {} });
  });
});
