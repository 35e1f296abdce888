import { afterAll, beforeAll, expect, test } from 'vitest';
import { openServer, type TestServer } from '../testing/open-server.ts';
import { llm, numbered, senderId, sessionId, start } from '../testing/records.ts';

const path = '/api/v1/budgets/lease';

let server: TestServer;
beforeAll(async () => {
  server = await openServer();
  const policy = {
    type: 'cost_limit',
    scope: 'tree',
    condition: { cost_exceeded: 2 },
    action: { type: 'abort' },
  };
  await server.ask('POST', '/api/v1/policies', { body: policy });
  const child = start(2, { parent_session_id: sessionId(1) });
  await server.ask('POST', '/api/v1/ingest', { body: { records: [start(1), child] } });
});
afterAll(() => server.close());

const lease = (want: string, more: object = {}) =>
  server.ask('POST', path, {
    body: {
      session_id: sessionId(2),
      sender: senderId(1),
      spent_nano_usd: '0',
      want_nano_usd: want,
      ...more,
    },
  });

test('a sender leases of its tree, spends, and renews for what is left (P10)', async () => {
  const first = await lease('1500000000');
  expect(first.status).toBe(200);
  expect(first.json).toEqual({
    root_session_id: sessionId(1),
    granted_nano_usd: '1500000000',
    expires_at: expect.stringMatching(/^\d{4}-.*Z$/),
    exhausted: false,
  });
  const holdsMs = Date.parse(first.json.expires_at) - Date.now();
  expect(holdsMs).toBeGreaterThan(30_000);
  expect(holdsMs).toBeLessThanOrEqual(60_000);
  const other = await lease('1500000000', { sender: senderId(2), session_id: sessionId(1) });
  expect(other.json).toMatchObject({ granted_nano_usd: '500000000', exhausted: false });
  const calls = [1, 2, 3].map((seq) => llm(2, seq, numbered(1, seq)));
  await server.ask('POST', '/api/v1/ingest', { body: { records: calls } });
  await lease('0', { sender: senderId(2), session_id: sessionId(1) });
  const renewed = await lease('9000000000', { spent_nano_usd: '1500000000' });
  expect(renewed.json).toMatchObject({ granted_nano_usd: '500000000', exhausted: false });
});

test('what calls under way are booked at stays with who holds it while others wait (P10)', async () => {
  const child = start(12, { parent_session_id: sessionId(11) });
  await server.ask('POST', '/api/v1/ingest', { body: { records: [start(11), child] } });
  const holder = { session_id: sessionId(12), sender: senderId(11) };
  const waiter = { session_id: sessionId(11), sender: senderId(12) };
  await lease('2000000000', holder);
  expect((await lease('2000000000', waiter)).json).toMatchObject({
    root_session_id: sessionId(11),
    granted_nano_usd: '0',
    exhausted: false,
  });
  const renewed = await lease('2000000000', { ...holder, booked_nano_usd: '1200000000' });
  expect(renewed.json).toMatchObject({
    root_session_id: sessionId(11),
    granted_nano_usd: '1600000000',
  });
  expect((await lease('2000000000', waiter)).json.granted_nano_usd).toBe('400000000');
});

test.each([
  ['want_nano_usd', { want_nano_usd: '-1' }],
  ['want_nano_usd', { want_nano_usd: 5 }],
  ['spent_nano_usd', { spent_nano_usd: '1.5' }],
  ['booked_nano_usd', { booked_nano_usd: '-1' }],
  ['sender', { sender: 'me' }],
  ['session_id', { session_id: null }],
  ['agent_id', { agent_id: 'a' }],
])('refuses what is wrong at %s', async (at, more) => {
  const refused = await lease('1', more);
  expect([refused.status, refused.json.errors[0].path]).toEqual([422, at]);
});

test('a session that has not started has no budget, and the scope is ingest (O2)', async () => {
  expect((await lease('1', { session_id: sessionId(9) })).status).toBe(404);
  const keyOf = async (scope: string) => {
    const body = { name: scope, scopes: [scope] };
    return (await server.ask('POST', '/api/v1/keys', { body })).json.key as string;
  };
  const body = { session_id: sessionId(1), sender: senderId(3), spent_nano_usd: '0' };
  const ask = async (scope: string) =>
    server.ask('POST', path, { key: await keyOf(scope), body: { ...body, want_nano_usd: '0' } });
  expect((await ask('read')).status).toBe(403);
  expect((await ask('ingest')).status).toBe(200);
});
