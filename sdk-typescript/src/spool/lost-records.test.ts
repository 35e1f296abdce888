import { describe, expect, test } from 'vitest';
import { eventRecord, testSender, testSession } from '../testing/store-fixture.ts';
import type { RecordHead } from '../transport/entry.ts';
import { countLost, mayBeDropped } from './lost-records.ts';

const foreign = '33333333-3333-4333-8333-333333333333';
const head = (change: Partial<RecordHead>): RecordHead => ({ ...eventRecord(1).head, ...change });
const close = { kind: 'sender.close', seq: null, lastSeq: 7 } as const;

describe('countLost()', () => {
  test('counts by session and sender, with the highest number', () => {
    const heads = [
      head({ seq: 3 }),
      head({ seq: 9 }),
      head({ seq: 5, sender: foreign }),
      head({ seq: 4, sessionId: foreign }),
    ];
    expect(countLost(heads)).toEqual([
      { sessionId: testSession, sender: testSender, count: 2, highestSeq: 9 },
      { sessionId: testSession, sender: foreign, count: 1, highestSeq: 5 },
      { sessionId: foreign, sender: testSender, count: 1, highestSeq: 4 },
    ]);
  });

  test('names the ledger of a lost close without counting it', () => {
    expect(countLost([head(close)])).toEqual([
      { sessionId: testSession, sender: testSender, count: 0, highestSeq: 7 },
    ]);
    expect(countLost([head(close), head({ seq: 9 })])).toEqual([
      { sessionId: testSession, sender: testSender, count: 1, highestSeq: 9 },
    ]);
  });

  test('leaves out what is in no ledger', () => {
    const start = head({ kind: 'session.start', sender: null, seq: null });
    const metrics = head({ kind: 'session.metrics', sender: null, seq: null });
    const end = head({ kind: 'session.end', seq: null, lastSeq: 3 });
    expect(countLost([start, metrics, end, head({ sessionId: null })])).toEqual([]);
    expect(countLost([])).toEqual([]);
  });
});

describe('mayBeDropped()', () => {
  test.each([
    ['event', {}, true],
    ['event.update', { kind: 'event.update' }, true],
    ['session.metrics', { kind: 'session.metrics' }, true],
    ['signal', { kind: 'signal' }, true],
    ['trace', { kind: 'trace' }, true],
    ['command.ack', { kind: 'command.ack' }, true],
    ['session.start', { kind: 'session.start' }, false],
    ['session.end', { kind: 'session.end' }, false],
    ['own sender.close', close, true],
    ['foreign sender.close', { ...close, sender: foreign }, false],
  ] as const)('judges a record of kind %s', (_name, change, isDroppable) => {
    expect(mayBeDropped(head(change), testSender)).toBe(isDroppable);
  });
});
