import { afterEach, beforeEach, expect, test } from 'vitest';
import { openReads } from '../storage/sqlite/reads.ts';
import { openStore, type TestStore } from '../testing/open-store.ts';
import { llm, noonMs, senderId, sessionId, start, testOrgId } from '../testing/records.ts';
import { deleteSession } from './delete-session.ts';
import {
  deletedSessionsKeptMs,
  deletionChangesKeptMs,
  forgetExpired,
  forgetLimit,
  lostRecordsKeptMs,
} from './forget-expired.ts';

let store: TestStore;
beforeEach(() => {
  store = openStore(noonMs);
});
afterEach(() => {
  expect(store.verify().differences).toEqual([]);
  store.close();
});

function count(sql: string): number {
  return Number(store.db.prepare(sql).pluck().get());
}

const forget = () => store.run(forgetExpired, null);
const nothingMore = { ok: true, value: { more: false } };

test('a deletion stands in the live feed for 24 h, its hash for 400 days', async () => {
  await store.ingest([start(1), start(2)]);
  await store.run(deleteSession, { orgId: testOrgId, sessionId: sessionId(1) });
  const changes = `SELECT count(*) FROM changes WHERE kind = 'deleted'`;
  const hashes = 'SELECT count(*) FROM deleted_sessions';
  store.nowMs = noonMs + deletionChangesKeptMs;
  expect(await forget()).toEqual(nothingMore);
  expect([count(changes), count(hashes)]).toEqual([1, 1]);
  store.nowMs += 1;
  await forget();
  expect([count(changes), count(hashes)]).toEqual([0, 1]);
  store.nowMs = noonMs + deletedSessionsKeptMs + 1;
  await forget();
  expect(count(hashes)).toBe(0);
  expect(await store.ingest([llm(1, 1)])).toMatchObject({
    rejected: [{ code: 'session_not_found' }],
  });
});

test('what processes lost is told by reason, the greatest each told, for 30 days (D1)', async () => {
  const reader = openReads(store.db);
  const tell = (sender: number, counts: Record<string, number>) =>
    store.tx.noteLost(testOrgId, senderId(sender), counts, store.nowMs);
  await tell(1, { disk_full: 3, queue_full: 1 });
  await tell(1, { disk_full: 2 });
  await tell(2, { disk_full: 4 });
  expect(await reader.lostRecords(testOrgId)).toEqual({ disk_full: 7, queue_full: 1 });
  expect(await reader.lostRecords(sessionId(0xee))).toEqual({});
  store.nowMs = noonMs + lostRecordsKeptMs + 1;
  await forget();
  expect(await reader.lostRecords(testOrgId)).toEqual({});
});

test(`forgets at most ${forgetLimit} rows of a kind at a time and says that more wait`, async () => {
  const counts = Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`r${index}`, 1]));
  await store.tx.noteLost(testOrgId, senderId(1), counts, noonMs);
  store.nowMs = noonMs + lostRecordsKeptMs + 1;
  expect(await forget()).toEqual({ ok: true, value: { more: true } });
  expect(await forget()).toEqual(nothingMore);
  expect(count('SELECT count(*) FROM lost_records')).toBe(0);
});
