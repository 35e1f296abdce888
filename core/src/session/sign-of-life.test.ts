import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runningSession } from './fixtures/running-session.ts';
import { endSession } from './end-session.ts';
import type { Session } from './session.ts';
import { closeIfStale, dateSignOfLife, takeSignOfLife } from './sign-of-life.ts';

const minute = 60_000;
const rule = { staleAfterMs: 5 * minute };

describe('dateSignOfLife()', () => {
  test.each([
    ['as old as its sender says', 100_000, 95_000, 90_000, 95_000],
    ['at arrival without sent_at', 100_000, null, 90_000, 100_000],
    ['never later than arrival', 100_000, 95_000, 99_000, 100_000],
    ['whatever the sender’s clock shows', 100_000, 86_495_000, 86_490_000, 95_000],
  ])('dates a sign %s (S3)', (_, arrivedAtMs, sentAtMs, happenedAtMs, expected) => {
    expect(dateSignOfLife({ arrivedAtMs, sentAtMs }, happenedAtMs)).toBe(expected);
  });
});

describe('closeIfStale()', () => {
  test('closes a session silent for longer than the rule at its last sign of life (S3)', () => {
    const session = runningSession(0);
    expect(closeIfStale(session, 5 * minute, rule)).toBe(false);
    expect(session.status).toBe('running');
    expect(closeIfStale(session, 5 * minute + 1, rule)).toBe(true);
    expect(session).toMatchObject({ status: 'stale', endedAtMs: 0, closedBy: 'server' });
  });

  test('leaves error_count as it is (S2)', () => {
    const session = runningSession(0);
    closeIfStale(session, 10 * minute, rule);
    expect(session.errorCount).toBe(0);
  });

  test('gives a session the time the server was deaf (S3)', () => {
    const session = { ...runningSession(0), graceMs: 2 * minute };
    expect(closeIfStale(session, 7 * minute, rule)).toBe(false);
    expect(closeIfStale(session, 7 * minute + 1, rule)).toBe(true);
  });

  test('takes that time back with the first sign of life after the gap: it is given once (S3)', () => {
    const session = { ...runningSession(0), graceMs: 2 * minute };
    takeSignOfLife(session, 3 * minute, 3 * minute, rule);
    expect(session.graceMs).toBe(0);
    expect(closeIfStale(session, 8 * minute, rule)).toBe(false);
    expect(closeIfStale(session, 8 * minute + 1, rule)).toBe(true);
  });

  test('keeps what is left of it at a sign from before or within the gap (S3)', () => {
    const session = { ...runningSession(0), graceMs: 10 * minute };
    takeSignOfLife(session, minute, 14 * minute, rule);
    expect(session.graceMs).toBe(9 * minute);
    expect(closeIfStale(session, 15 * minute, rule)).toBe(false);
    expect(closeIfStale(session, 15 * minute + 1, rule)).toBe(true);
  });

  test('no sign of life brings the closing nearer (S3)', () => {
    const ms = fc.integer({ min: 0, max: 3_600_000 });
    fc.assert(
      fc.property(ms, ms, ms, (seen, graceMs, signAtMs) => {
        const session = { ...runningSession(seen), graceMs };
        const before = seen + graceMs;
        takeSignOfLife(session, signAtMs, signAtMs, rule);
        expect(session.lastSeenAtMs + session.graceMs).toBeGreaterThanOrEqual(before);
      }),
    );
  });

  test('leaves sessions that are done or stale alone', () => {
    const done = ended(runningSession(0), minute);
    expect(closeIfStale(done, 60 * minute, rule)).toBe(false);
    const stale = runningSession(0);
    closeIfStale(stale, 10 * minute, rule);
    expect(closeIfStale(stale, 20 * minute, rule)).toBe(false);
  });

  test('never ends a session before it started', () => {
    const session = { ...runningSession(0), startedAtMs: 1_000 };
    closeIfStale(session, 10 * minute, rule);
    expect(session.endedAtMs).toBe(1_000);
  });
});

describe('takeSignOfLife()', () => {
  test('moves last_seen_at forward and never back (S3)', () => {
    const session = runningSession(1_000);
    takeSignOfLife(session, 500, 2_000, rule);
    expect(session.lastSeenAtMs).toBe(1_000);
    takeSignOfLife(session, 1_500, 2_000, rule);
    expect(session.lastSeenAtMs).toBe(1_500);
  });

  test('wakes a stale session by a fresh sign: exactly staleAfter old still is (S4)', () => {
    const session = stale(0);
    takeSignOfLife(session, 10 * minute, 15 * minute, rule);
    expect(session).toMatchObject({
      status: 'running',
      endedAtMs: null,
      closedBy: null,
      lastSeenAtMs: 10 * minute,
    });
  });

  test('an old sign moves the stale end forward and wakes nothing (S4)', () => {
    const session = stale(0);
    takeSignOfLife(session, 10 * minute, 15 * minute + 1, rule);
    expect(session).toMatchObject({
      status: 'stale',
      endedAtMs: 10 * minute,
      lastSeenAtMs: 10 * minute,
      closedBy: 'server',
    });
  });

  test('a sign older than the stale end leaves it where it is (S4)', () => {
    const session = stale(5 * minute);
    takeSignOfLife(session, minute, 60 * minute, rule);
    expect(session).toMatchObject({ status: 'stale', endedAtMs: 5 * minute });
  });

  test('nothing wakes a session that is done (S4)', () => {
    const session = ended(runningSession(0), minute);
    takeSignOfLife(session, 2 * minute, 2 * minute, rule);
    expect(session).toMatchObject({ status: 'done', endedAtMs: minute, lastSeenAtMs: 2 * minute });
  });

  test('the last status is that of the newest sign, in whatever order signs arrive (S3, S4)', () => {
    const sign = fc.integer({ min: 0, max: 20 * minute });
    fc.assert(
      fc.property(fc.array(sign, { minLength: 1 }), (signs) => {
        const nowMs = 20 * minute;
        const session = runningSession(0);
        for (const at of signs) {
          takeSignOfLife(session, at, nowMs, rule);
          closeIfStale(session, nowMs, rule);
        }
        const newest = Math.max(...signs);
        expect(session.lastSeenAtMs).toBe(newest);
        expect(session.status).toBe(nowMs - newest <= rule.staleAfterMs ? 'running' : 'stale');
        expect(session.endedAtMs).toBe(session.status === 'running' ? null : newest);
      }),
    );
  });
});

function stale(atMs: number): Session {
  const session = runningSession(atMs);
  closeIfStale(session, atMs + rule.staleAfterMs + 1, rule);
  return session;
}

function ended(session: Session, atMs: number): Session {
  endSession(session, {
    endedAtMs: atMs,
    endedAtSentMs: atMs,
    sender: null,
    lastSeq: null,
    closedBy: 'sdk',
  });
  return session;
}
