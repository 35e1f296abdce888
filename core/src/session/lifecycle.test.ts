import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endSession } from './end-session.ts';
import { runningSession } from './fixtures/running-session.ts';
import type { Session } from './session.ts';
import { closeIfStale, isOverdue, takeSignOfLife } from './sign-of-life.ts';

const staleAfterMs = 300_000;
const rule = { staleAfterMs };
const startedAtMs = 1_000_000;

/** What may happen to a session, each after some time has passed. */
const step = fc.record({
  passedMs: fc.oneof(fc.nat(2 * staleAfterMs), fc.constantFrom(0, staleAfterMs, staleAfterMs + 1)),
  what: fc.constantFrom('sign', 'sign', 'old sign', 'sweep', 'sweep', 'end'),
  agoMs: fc.oneof(fc.nat(3 * staleAfterMs), fc.constantFrom(0, staleAfterMs, staleAfterMs + 1)),
});

/** Checks what holds of a session at any time, whatever has happened to it (S2, S3, S4). */
function checkState(session: Session, newestMs: number): void {
  expect(session.lastSeenAtMs).toBe(newestMs);
  expect(session.endedAtMs === null).toBe(session.status === 'running');
  expect(session.closedBy === null).toBe(session.status === 'running');
  expect(session.endedAtMs ?? startedAtMs).toBeGreaterThanOrEqual(startedAtMs);
  expect(session.errorCount).toBe(0);
  if (session.status !== 'stale') return;
  expect(session.closedBy).toBe('server');
  expect(session.endedAtMs).toBe(newestMs);
}

test('a session is running, done or stale, and nothing but an end is final (S2, S3, S4)', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const session = runningSession(startedAtMs);
      let nowMs = startedAtMs;
      let newestMs = startedAtMs;
      let ended: { endedAtMs: number | null; endLastSeq: number | null } | null = null;
      for (const { passedMs, what, agoMs } of steps) {
        nowMs += passedMs;
        const before = session.status;
        if (what === 'sweep') {
          closeIfStale(session, nowMs, rule);
          expect(isOverdue(session, nowMs, rule)).toBe(false);
          const isSilent = nowMs - newestMs > staleAfterMs;
          expect(session.status).toBe(before === 'running' && isSilent ? 'stale' : before);
        } else if (what === 'end') {
          const ending = {
            endedAtMs: nowMs,
            endedAtSentMs: nowMs,
            sender: 's',
            lastSeq: steps.length,
          };
          expect(endSession(session, { ...ending, closedBy: 'sdk' })).toBe(ended === null);
          ended ??= { endedAtMs: nowMs, endLastSeq: steps.length };
        } else {
          const atMs = what === 'sign' ? nowMs : Math.max(startedAtMs, nowMs - agoMs);
          newestMs = Math.max(newestMs, atMs);
          takeSignOfLife(session, atMs, nowMs, rule);
          const isWoken = before === 'stale' && nowMs - atMs <= staleAfterMs;
          expect(session.status).toBe(isWoken ? 'running' : before);
        }
        if (ended !== null) expect(session).toMatchObject({ ...ended, status: 'done' });
        checkState(session, newestMs);
        seen.add(`${what}: ${before} to ${session.status}`);
      }
    }),
    { numRuns: 400 },
  );
  const ways = ['sweep: running to stale', 'sign: stale to running', 'old sign: stale to stale'];
  for (const way of [...ways, 'end: stale to done', 'sign: done to done'])
    expect(seen).toContain(way);
});
