import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addOrganisation, openStore, type TestStore } from '../testing/open-store.ts';
import { end, heartbeat, iso, llm, noonMs, sessionId, start, tool } from '../testing/records.ts';
import { closeStaleLimit, closeStaleSessions } from './close-stale-sessions.ts';

const minute = 60_000;
let store: TestStore;
beforeEach(() => {
  store = openStore(noonMs);
});
afterEach(() => {
  expect(store.verify().differences).toEqual([]);
  store.close();
});

async function sweepAt(ms: number): Promise<{ closed: number; more: boolean }> {
  store.nowMs = ms;
  const result = await store.run(closeStaleSessions, null);
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

/** Sweeps as the job does, so that no gap makes the server deaf. */
async function sweepUntil(fromMs: number, toMs: number): Promise<number> {
  let closed = 0;
  for (let at = fromMs; at <= toMs; at += 15_000) closed += (await sweepAt(at)).closed;
  return closed;
}

describe('closeStaleSessions()', () => {
  test('closes what gave no sign of life for staleAfter, at its last sign (S3)', async () => {
    await store.ingest([start(1), llm(1, 1), start(2), end(2, 1_000)], { sentAtMs: null });
    expect(await sweepUntil(noonMs, noonMs + 5 * minute)).toBe(0);
    expect(await sweepAt(noonMs + 5 * minute + 1)).toEqual({ closed: 1, more: false });
    expect(store.session(sessionId(1))).toMatchObject({
      status: 'stale',
      closed_by: 'server',
      ended_at: BigInt(noonMs),
      error_count: 0n,
    });
    expect(store.session(sessionId(2))['status']).toBe('done');
  });

  test('leaves a session that goes on living (S3)', async () => {
    await store.ingest([start(1)]);
    for (let at = noonMs; at <= noonMs + 20 * minute; at += 15_000) {
      store.nowMs = at;
      if (at % minute === 0) await store.ingest([heartbeat(1)]);
      expect(await sweepAt(at)).toMatchObject({ closed: 0 });
    }
    expect(store.session(sessionId(1))['status']).toBe('running');
  });

  test('gives back the time in which no process swept, once (S3)', async () => {
    await store.ingest([start(1)]);
    await sweepAt(noonMs);
    const back = noonMs + 60 * minute;
    expect(await sweepAt(back)).toMatchObject({ closed: 0 });
    expect(store.session(sessionId(1))['grace_ms']).toBe(BigInt(60 * minute));
    expect(await sweepUntil(back, back + 5 * minute)).toBe(0);
    expect(await sweepAt(back + 5 * minute + 1)).toMatchObject({ closed: 1 });
  });

  test('gives it back also to whom a batch names before the first sweep (S3)', async () => {
    await store.ingest([start(1)]);
    await sweepAt(noonMs);
    store.nowMs = noonMs + 60 * minute;
    const old = { started_at: iso(noonMs + 1_000), ended_at: iso(noonMs + 2_000) };
    const { sessions } = await store.ingest([tool(1, 1, old), start(2)]);
    expect(sessions.map(({ status }) => status)).toEqual(['running', 'stale']);
    expect(await sweepAt(store.nowMs + 1_000)).toMatchObject({ closed: 0 });
    expect(store.session(sessionId(1))['status']).toBe('running');
    expect(store.session(sessionId(2))['status']).toBe('stale');
  });

  test('a pause of a minute is no gap (S3)', async () => {
    await store.ingest([start(1)]);
    await sweepAt(noonMs);
    await sweepAt(noonMs + minute);
    expect(store.session(sessionId(1))['grace_ms']).toBe(0n);
    await sweepAt(noonMs + 2 * minute + 1);
    expect(store.session(sessionId(1))['grace_ms']).toBe(BigInt(minute + 1));
  });

  test('the first sweep ever knows of no gap (S3)', async () => {
    await store.ingest([start(1)]);
    await sweepAt(noonMs + 4 * minute);
    expect(store.session(sessionId(1))['grace_ms']).toBe(0n);
  });

  test(`closes at most ${closeStaleLimit} in one transaction and says that more wait`, async () => {
    const starts = Array.from({ length: closeStaleLimit + 20 }, (_, index) => start(index + 1));
    await store.ingest(starts);
    await sweepUntil(noonMs, noonMs + 5 * minute);
    expect(await sweepAt(noonMs + 5 * minute + 1)).toEqual({ closed: closeStaleLimit, more: true });
    expect(await sweepAt(noonMs + 5 * minute + 1)).toEqual({ closed: 20, more: false });
  });

  test('sweeps every organisation (O1)', async () => {
    const other = sessionId(0xee);
    addOrganisation(store.db, other);
    await store.ingest([start(1)]);
    await store.ingest([start(2)], { orgId: other });
    await sweepUntil(noonMs, noonMs + 5 * minute);
    expect(await sweepAt(noonMs + 5 * minute + 1)).toMatchObject({ closed: 2 });
  });

  test('in whatever order it meets an event, the newest sign of life decides (S3, S4)', async () => {
    const limit = noonMs + 5 * minute;
    for (let round = 1; round <= 60; round += 1) {
      store.nowMs = noonMs;
      await store.ingest([start(round)]);
      store.nowMs = limit + 1 + (round % 3);
      const sweep = () => store.run(closeStaleSessions, null);
      const event = () => store.ingest([heartbeat(round)], { sentAtMs: null });
      await (round % 2 === 0 ? sweep().then(event) : event().then(sweep));
      expect(store.session(sessionId(round))).toMatchObject({ status: 'running', ended_at: null });
    }
  }, 60_000);
});
