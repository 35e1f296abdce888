import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Rejection } from '@niitaka/protocol/ingest.ts';
import { answerFor } from '../testing/batch-fixture.ts';
import {
  appendEvents,
  openTestStore,
  startOfSession,
  testSession,
} from '../testing/store-fixture.ts';
import type { Batch, Entry } from './entry.ts';
import type { Part } from './halve.ts';
import { Queue, type QueueOptions } from './queue.ts';

type Answer = (batch: Batch, count: number) => Part[] | null;

const takeAll: Answer = ({ entries }) => [{ entries, answer: answerFor(entries.length) }];

function refusing(index: number, code: Rejection['code'], retryable: boolean): Answer {
  return ({ entries }) => {
    const rejected = [{ index, code, message: code, retryable }];
    return [{ entries, answer: { ...answerFor(entries.length - 1), rejected } }];
  };
}

/** A queue over a store in memory and a scripted next layer. */
function openQueue(answers: readonly Answer[] = [], options: Partial<QueueOptions> = {}) {
  const { store } = openTestStore(null);
  const clock = { tickMs: 0 };
  const sent: (number | null)[][] = [];
  const lost: string[] = [];
  const rejected: string[] = [];
  const faults: unknown[] = [];
  const next = {
    send: (batch: Batch) => {
      sent.push(batch.entries.map(({ head }) => head.seq));
      return Promise.resolve((answers[sent.length - 1] ?? takeAll)(batch, sent.length));
    },
  };
  const queue = new Queue({
    store,
    next,
    tickMs: () => clock.tickMs,
    random: () => 1,
    beforeTake: () => {},
    nextWakeMs: () => null,
    onFault: (error) => faults.push(error),
    hasHeartbeat: () => false,
    onAnswer: () => {},
    onRejected: ({ code }) => rejected.push(code),
    onLost: (entries: readonly Entry[], reason) => lost.push(`${entries.length} ${reason}`),
    onAdoptedDrained: () => {},
    ...options,
  });
  onTestFinished(() => queue.close());
  const append = (from: number, to: number) => {
    appendEvents(store, from, to);
    queue.send();
  };
  return { queue, store, clock, sent, lost, rejected, faults, append };
}

describe('Queue.send()', () => {
  test('waits for company until the flush interval is over', async () => {
    vi.useFakeTimers();
    try {
      const { append, sent } = openQueue();
      append(1, 1);
      await vi.advanceTimersByTimeAsync(500);
      append(2, 2);
      expect(sent).toEqual([]);
      await vi.advanceTimersByTimeAsync(500);
      expect(sent).toEqual([[1, 2]]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('does not wait at 100 records', async () => {
    const { queue, append, sent } = openQueue();
    append(1, 100);
    await queue.pump();
    expect(sent.map((seqs) => seqs.length)).toEqual([100]);
  });

  test('takes at most 500 records into one batch', async () => {
    const { queue, append, sent } = openQueue();
    append(1, 1250);
    await queue.pump();
    expect(sent.map((seqs) => seqs.length)).toEqual([500, 500, 250]);
  });

  test('is quiet after close', async () => {
    const { queue, append, sent } = openQueue();
    queue.close();
    append(1, 200);
    await queue.pump();
    expect(sent).toEqual([]);
  });
});

describe('Queue and what the server refuses', () => {
  test('lets go what is refused for good', async () => {
    const { queue, append, rejected, store } = openQueue([refusing(0, 'invalid', false)]);
    append(1, 2);
    await queue.pump();
    expect(rejected).toEqual(['invalid']);
    expect(store.isEmpty).toBe(true);
    expect(queue.isSettled).toBe(true);
  });

  test('sends what is put off at the tail of a later batch', async () => {
    const { queue, append, sent, clock } = openQueue([refusing(0, 'session_not_found', true)]);
    append(1, 2);
    await queue.pump();
    expect(queue.isSettled).toBe(false);
    append(3, 3);
    await queue.pump();
    clock.tickMs = 1000;
    append(4, 4);
    await queue.pump();
    expect(sent).toEqual([[1, 2], [3], [4, 1]]);
    expect(queue.isSettled).toBe(true);
  });

  test('gives an unknown session up after 24 h, and counts', async () => {
    const unknown = refusing(0, 'session_not_found', true);
    const { queue, append, clock, lost } = openQueue([unknown, unknown]);
    append(1, 1);
    await queue.pump();
    clock.tickMs = 24 * 3_600_000;
    await queue.pump();
    expect(lost).toEqual(['1 session_not_found']);
    expect(queue.isSettled).toBe(true);
  });

  test('never gives up what is unavailable', async () => {
    const unavailable = refusing(0, 'unavailable', true);
    const { queue, append, clock, lost, sent } = openQueue(
      Array.from({ length: 9 }, () => unavailable),
    );
    append(1, 1);
    for (let day = 0; day < 10; day += 1) {
      await queue.pump();
      clock.tickMs += 24 * 3_600_000;
    }
    expect(lost).toEqual([]);
    expect(sent.length).toBe(10);
    expect(queue.isSettled).toBe(true);
  });

  test('counts a record that is refused without being looked at', async () => {
    const { queue, append, lost } = openQueue([({ entries }) => [{ entries, answer: null }]]);
    append(1, 1);
    await queue.pump();
    expect(lost).toEqual(['1 refused']);
    expect(queue.isSettled).toBe(true);
  });

  test('sends nothing more of a session whose start was refused', async () => {
    const { queue, store, append, lost, sent } = openQueue([refusing(0, 'conflict', false)]);
    const { json, head } = startOfSession();
    store.append(json, head);
    await queue.pump();
    append(1, 3);
    await queue.pump();
    expect(head.sessionId).toBe(testSession);
    expect(lost).toEqual(['3 start_refused']);
    expect(sent).toEqual([[null]]);
    expect(queue.isSettled).toBe(true);
  });
});

describe('Queue.pump()', () => {
  test('makes a request for a heartbeat alone, and for nothing at all none', async () => {
    let isDue = true;
    const { queue, sent } = openQueue([], {
      hasHeartbeat: () => {
        const wasDue = isDue;
        isDue = false;
        return wasDue;
      },
    });
    await queue.pump();
    await queue.pump();
    expect(sent).toEqual([[]]);
  });

  test('is one at a time', async () => {
    const { queue, append, sent } = openQueue();
    append(1, 3);
    expect(queue.pump()).toBe(queue.pump());
    await queue.pump();
    expect(sent).toEqual([[1, 2, 3]]);
  });

  test('contains a fault, and goes on later', async () => {
    const broken: Answer = () => {
      throw new Error('impossible');
    };
    const { queue, append, faults } = openQueue([broken]);
    append(1, 1);
    await queue.pump();
    expect(String(faults[0])).toBe('Error: impossible');
    append(2, 2);
    await queue.pump();
    expect(faults.length).toBe(1);
  });

  test('leaves what was abandoned unsettled', async () => {
    const { queue, append, store } = openQueue([() => null]);
    append(1, 2);
    await queue.pump();
    expect(store.isEmpty).toBe(false);
    expect(queue.isSettled).toBe(false);
  });
});

describe('Queue.flush()', () => {
  test('is true when all is settled, and at once when nothing waits', async () => {
    const { queue, append } = openQueue();
    expect(await queue.flush(1000, () => false)).toBe(true);
    append(1, 5);
    expect(await queue.flush(1000, () => false)).toBe(true);
  });

  test('is false when it may give up, and goes on at the next call', async () => {
    const { queue, append, clock } = openQueue([refusing(0, 'unavailable', true)]);
    append(1, 1);
    expect(await queue.flush(1000, () => clock.tickMs === 0 && queue.isSettled === false)).toBe(
      false,
    );
    await queue.pump();
    const flushed = queue.flush(1000, () => false);
    clock.tickMs = 1001;
    expect(await flushed).toBe(true);
  });
});

describe('Queue.takeAll()', () => {
  test('gives everything that is not settled, once, and stops', async () => {
    const { queue, append, sent } = openQueue([refusing(1, 'session_not_found', true)]);
    append(1, 3);
    await queue.pump();
    append(4, 6);
    const seqs = queue.takeAll(100).map(({ head }) => head.seq);
    expect(seqs).toEqual([2, 4, 5, 6]);
    await queue.pump();
    expect(sent).toEqual([[1, 2, 3]]);
  });

  test('keeps to its limit', () => {
    const { queue, store } = openQueue();
    appendEvents(store, 1, 2000);
    expect(queue.takeAll(1000).length).toBe(1000);
  });
});
