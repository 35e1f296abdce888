import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore, type TestStore } from '../../testing/open-store.ts';
import { noonMs, sessionId, start, testOrgId } from '../../testing/records.ts';
import type { StoredSession } from '../session-tx.ts';

let store: TestStore;
beforeEach(async () => {
  store = openStore(noonMs);
  await store.ingest([start(1)]);
});
afterEach(() => store.close());

async function load(): Promise<StoredSession> {
  const found = (await store.tx.loadSessions(testOrgId, [sessionId(1)])).get(sessionId(1));
  if (found === undefined) throw new Error('the session is not there');
  return found;
}

test('counters alone are saved, place and state stay', async () => {
  const stored = await load();
  Object.assign(stored.session, { eventCount: 5, totalCostNanoUsd: 9_007_199_254_740_993n });
  await store.tx.saveSessions([stored]);
  expect(store.session(sessionId(1))).toMatchObject({
    event_count: 5n,
    total_cost: 9_007_199_254_740_993n,
    status: 'running',
    depth: 0n,
  });
});

test.each([
  ['status', { status: 'done', endedAtMs: noonMs }, { status: 'done' }],
  ['errors', { errorCount: 2 }, { error_count: 2n }],
  ['depth', { depth: 3 }, { depth: 3n }],
  ['refused parent', { parentRefused: 'loop' }, { parent_refused: 'loop' }],
])('a change of %s is saved, and back again', async (_, change, expected) => {
  const stored = await load();
  const before = { ...stored.session };
  Object.assign(stored.session, change, { eventCount: 1 });
  await store.tx.saveSessions([stored]);
  expect(store.session(sessionId(1))).toMatchObject({ ...expected, event_count: 1n });
  Object.assign(stored.session, before);
  await store.tx.saveSessions([stored]);
  expect((await load()).session).toEqual(before);
});

test('a session inserted in the same transaction is saved like a loaded one', async () => {
  const { session } = await load();
  const other = { ...session, id: sessionId(2), rootSessionId: sessionId(2) };
  const extras = { goalWords: '', tags: {}, metadata: null, truncated: null };
  const stored = await store.tx.insertSession(testOrgId, other, extras);
  stored.session.llmCount = 4;
  await store.tx.saveSessions([stored]);
  stored.session.status = 'stale';
  stored.session.endedAtMs = noonMs;
  await store.tx.saveSessions([stored]);
  expect(store.session(sessionId(2))).toMatchObject({ llm_count: 4n, status: 'stale' });
});

test('indexes of place are found by after a move', async () => {
  const stored = await load();
  stored.session.rootSessionId = sessionId(9);
  stored.session.parentSessionId = sessionId(9);
  await store.tx.saveSessions([stored]);
  expect(await store.tx.sessionIdsByRoot(testOrgId, sessionId(9), 10)).toEqual([sessionId(1)]);
  expect(await store.tx.waitingChildren(testOrgId, sessionId(9))).toMatchObject({ childCount: 1 });
  const running = store.db.prepare(
    `SELECT count(*) FROM sessions INDEXED BY sessions_running WHERE org_id = ? AND status = 'running'`,
  );
  const org = Buffer.from(testOrgId.replaceAll('-', ''), 'hex');
  expect(running.pluck().get(org)).toBe(1);
  stored.session.status = 'done';
  stored.session.endedAtMs = noonMs;
  await store.tx.saveSessions([stored]);
  expect(running.pluck().get(org)).toBe(0);
  expect(store.db.pragma('integrity_check', { simple: true })).toBe('ok');
});
