import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openServer, type TestServer } from '../testing/open-server.ts';
import { iso, start } from '../testing/records.ts';

let server: TestServer;

beforeAll(async () => {
  // The embedded engine, whichever is tested: its writer can be held up from outside.
  server = await openServer({ DATABASE_URL: '' });
});
afterAll(() => server.close());

test('a key whose batch waits for the storage too long is told to come again, others are taken', async () => {
  const made = await server.ask('POST', '/api/v1/keys', {
    body: { name: 'quiet', scopes: ['ingest'] },
  });
  const ingest = (number: number, key = server.key) => {
    const records = [start(number, { started_at: iso(Date.now()) })];
    return server.ask('POST', '/api/v1/ingest', { key, body: { records } });
  };
  const other = new Database(join(server.dataDir, 'niitaka.db'));
  other.exec('BEGIN IMMEDIATE');
  // The engine gives up on whatever it has begun after 5 s, be it this one or a job; the next waits behind it.
  const first = ingest(1);
  await pause(200);
  const second = ingest(2);
  await pause(5_500);
  const refused = await ingest(3);
  const quiet = ingest(4, made.json.key);
  await pause(100);
  const { json: health } = await server.ask('GET', '/api/v1/health');
  other.exec('ROLLBACK');
  other.close();
  expect([200, 503]).toContain((await first).status);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  const wanted = /^No more batches are taken: one sent \d+ s ago still waits for the storage$/;
  expect(refused.json.detail).toMatch(wanted);
  expect(health.storage.queued_batches).toBeGreaterThanOrEqual(2);
  expect(health.storage.queue_age_ms).toBeGreaterThan(5_500);
  expect((await second).status).toBe(200);
  expect((await quiet).status).toBe(200);
  expect((await ingest(3)).status).toBe(200);
});
