import { describe, expect, test } from 'vitest';
import { runningSession } from './fixtures/running-session.ts';
import { endSession, isAfterEnd } from './end-session.ts';
import { closeIfStale } from './sign-of-life.ts';

const ender = '00000000-0000-4000-8000-00000000000a';
const other = '00000000-0000-4000-8000-00000000000b';

describe('endSession()', () => {
  test('ends a running session as done (S2, S4)', () => {
    const session = runningSession(1_000);
    expect(endSession(session, end({ endedAtMs: 5_000, lastSeq: 9 }))).toBe(true);
    expect(session).toMatchObject({
      status: 'done',
      endedAtMs: 5_000,
      endedAtSentMs: 4_000,
      closedBy: 'sdk',
      endSender: ender,
      endLastSeq: 9,
    });
  });

  test('ends a stale session as done (S4)', () => {
    const session = runningSession(1_000);
    closeIfStale(session, 1_000_000, { staleAfterMs: 300_000 });
    expect(endSession(session, end({ endedAtMs: 5_000 }))).toBe(true);
    expect(session).toMatchObject({ status: 'done', endedAtMs: 5_000, closedBy: 'sdk' });
  });

  test('only the first end holds (S4, S5)', () => {
    const session = runningSession(1_000);
    endSession(session, end({ endedAtMs: 5_000, lastSeq: 3 }));
    expect(endSession(session, end({ endedAtMs: 9_000, lastSeq: 8, sender: other }))).toBe(false);
    expect(session).toMatchObject({ endedAtMs: 5_000, endLastSeq: 3, endSender: ender });
  });

  test('never ends before the start: no duration is negative (E6)', () => {
    const session = runningSession(1_000);
    endSession(session, end({ endedAtMs: 500 }));
    expect(session.endedAtMs).toBe(1_000);
  });
});

describe('isAfterEnd()', () => {
  test.each([
    ['the ender, its last number', ender, 9, 99_000, false],
    ['the ender, one further', ender, 10, 1_000, true],
    ['another sender, at the very end', other, 99, 5_000, false],
    ['another sender, 1 ms later', other, 1, 5_001, true],
    ['no sender, at the very end', null, null, 5_000, false],
    ['no sender, 1 ms later', null, null, 5_001, true],
    ['the ender without a number, by time', ender, null, 5_001, true],
  ])('of %s (S5)', (_, sender, seq, startedAtMs, expected) => {
    const session = runningSession(1_000);
    endSession(session, end({ endedAtMs: 5_000, lastSeq: 9 }));
    expect(isAfterEnd(session, { sender, seq, startedAtMs })).toBe(expected);
  });

  test('judges the ender by time when its end named no last number (S5)', () => {
    const session = runningSession(1_000);
    endSession(session, end({ endedAtMs: 5_000, lastSeq: null }));
    expect(isAfterEnd(session, { sender: ender, seq: 900, startedAtMs: 5_000 })).toBe(false);
    expect(isAfterEnd(session, { sender: ender, seq: 1, startedAtMs: 5_001 })).toBe(true);
  });

  test('is never true of a session that is running or stale (S5)', () => {
    const session = runningSession(1_000);
    const origin = { sender: null, seq: null, startedAtMs: 9_000_000 };
    expect(isAfterEnd(session, origin)).toBe(false);
    closeIfStale(session, 1_000_000, { staleAfterMs: 300_000 });
    expect(isAfterEnd(session, origin)).toBe(false);
  });
});

function end(values: { endedAtMs: number; lastSeq?: number | null; sender?: string }) {
  return {
    endedAtMs: values.endedAtMs,
    endedAtSentMs: 4_000,
    sender: values.sender ?? ender,
    lastSeq: values.lastSeq === undefined ? 9 : values.lastSeq,
    closedBy: 'sdk',
  } as const;
}
