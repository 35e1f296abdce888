import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openServer, type TestServer } from '../testing/open-server.ts';
import { openStream } from '../testing/open-stream.ts';

let server: TestServer;
let ingestKey: string;
let readKey: string;
let base = 0;

beforeAll(async () => {
  server = await openServer();
  ingestKey = await newKey('ingest');
  readKey = await newKey('read');
});

afterAll(() => server.close());

beforeEach(() => {
  base += 1_000;
});

async function newKey(scope: string): Promise<string> {
  const body = { name: scope, scopes: [scope] };
  return (await server.ask('POST', '/api/v1/keys', { body })).json.key;
}

const sessionId = (number: number) =>
  `01990000-0000-7000-8000-${String(base + number).padStart(12, '0')}`;

function ingest(...records: object[]) {
  return server.ask('POST', '/api/v1/ingest', { key: ingestKey, body: { records } });
}

function begin(number: number) {
  const startedAt = new Date().toISOString();
  return { kind: 'session.start', session_id: sessionId(number), started_at: startedAt };
}

function heartbeat(number: number) {
  return { kind: 'session.heartbeat', session_ids: [sessionId(number)] };
}

function give(number: number, body: object, key: string | null = server.key) {
  return server.ask('POST', `/api/v1/sessions/${sessionId(number)}/commands`, { key, body });
}

function poll(query: string, key = ingestKey) {
  return server.ask('GET', `/api/v1/control?${query}`, { key });
}

describe('POST /sessions/{id}/commands', () => {
  test('asks, is delivered and obeyed, and the list says when (G3)', async () => {
    await ingest(begin(1));
    const given = await give(1, { command: 'pause' });
    expect(given.status).toBe(201);
    expect(given.json).toMatchObject({
      sessions: 1,
      command: {
        session_id: sessionId(1),
        command: 'pause',
        args: { max_seconds: 3_600 },
        scope: 'session',
        requested_by: expect.stringContaining('First key'),
        delivered_at: null,
        obeyed_at: null,
      },
    });
    const commandId = given.json.command.id;
    const answer = await ingest(heartbeat(1));
    expect(answer.json.control).toMatchObject([{ command_id: commandId, command: 'pause' }]);
    expect(answer.json.control_poll_ms).toBe(2_000);
    const ack = { kind: 'command.ack', session_id: sessionId(1), command_id: commandId };
    const at = new Date().toISOString();
    const done = await ingest({ ...ack, state: 'obeyed', at });
    expect(done.json).toMatchObject({ accepted: 1, control: [], control_poll_ms: null });
    const list = await server.ask('GET', `/api/v1/sessions/${sessionId(1)}/commands`);
    expect(list.json.items).toMatchObject([
      { id: commandId, delivered_at: at, obeyed_at: at, refused_at: null, refused_reason: null },
    ]);
  });

  test.each([
    [{ command: 'stop' }, 'command'],
    [{ command: 'pause', args: { max_seconds: 86_401 } }, 'max_seconds'],
    [{ command: 'pause', args: { max_seconds: 0 } }, 'max_seconds'],
    [{ command: 'limit', args: {} }, 'cost_usd or steps'],
    [{ command: 'limit', args: { cost_usd: -1 } }, 'cost_usd'],
    [{ command: 'limit', args: { cost_usd: 1.2e-10 } }, 'USD with up to 9 places'],
    [{ command: 'model', args: {} }, 'model'],
    [{ command: 'resume', args: { now: true } }, 'now'],
    [{ command: 'abort', scope: 'fleet' }, 'scope'],
  ])('refuses %o and says where (G3)', async (body, where) => {
    await ingest(begin(1));
    const { status, text } = await give(1, body);
    expect(status).toBe(422);
    expect(text).toContain(where);
  });

  test('needs admin, and a session of one’s own that is not done (O1, O2)', async () => {
    await ingest(begin(1), {
      kind: 'session.end',
      session_id: sessionId(1),
      ended_at: new Date().toISOString(),
    });
    expect((await give(1, { command: 'abort' }, readKey)).status).toBe(403);
    expect((await give(1, { command: 'abort' }, ingestKey)).status).toBe(403);
    expect((await give(2, { command: 'abort' })).status).toBe(404);
    const done = await give(1, { command: 'abort' });
    expect(done).toMatchObject({ status: 409, json: { code: 'session_closed' } });
  });

  test('the same request under one Idempotency-Key is one command (wire)', async () => {
    await ingest(begin(1));
    const path = `/api/v1/sessions/${sessionId(1)}/commands`;
    const again = { body: { command: 'abort' }, headers: { 'idempotency-key': `abort-${base}` } };
    const first = await server.ask('POST', path, again);
    const second = await server.ask('POST', path, again);
    expect(second.json.command.id).toBe(first.json.command.id);
    expect((await server.ask('GET', path)).json.items).toHaveLength(1);
  });

  test('an Idempotency-Key of a command to another session is a conflict (wire)', async () => {
    await ingest(begin(1));
    await ingest(begin(2));
    const path = (number: number) => `/api/v1/sessions/${sessionId(number)}/commands`;
    const same = { body: { command: 'abort' }, headers: { 'idempotency-key': `other-${base}` } };
    expect((await server.ask('POST', path(1), same)).status).toBe(201);
    const other = await server.ask('POST', path(2), same);
    expect(other).toMatchObject({ status: 409, json: { code: 'conflict' } });
    expect((await server.ask('GET', path(2))).json.items).toEqual([]);
  });
});

describe('GET /control', () => {
  test('answers at once without a wait, and as soon as a command is given with one (wire)', async () => {
    await ingest(begin(1));
    const none = await poll(`session_id=${sessionId(1)}`);
    expect(none.json).toEqual({ control: [], control_poll_ms: null });
    const startedAt = performance.now();
    const waiting = poll(`session_id=${sessionId(2)},${sessionId(1)}&wait=20`);
    await pause(100);
    await give(1, { command: 'abort', args: { reason: 'runaway' } });
    const { json } = await waiting;
    expect(json.control).toMatchObject([
      { session_id: sessionId(1), command: 'abort', args: { reason: 'runaway' } },
    ]);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });

  test('is a sign of life (S3)', async () => {
    await ingest(begin(1));
    const path = `/api/v1/sessions/${sessionId(1)}`;
    const before = (await server.ask('GET', path)).json.last_seen_at;
    await pause(10);
    await poll(`session_id=${sessionId(1)}`);
    expect((await server.ask('GET', path)).json.last_seen_at > before).toBe(true);
  });

  test.each(['wait=1', 'session_id=', 'session_id=abc', 'session_id=SID&wait=26'])(
    'refuses %s',
    async (query) => {
      expect((await poll(query.replace('SID', sessionId(1)))).status).toBe(422);
    },
  );

  test('ends its waits when the server stops', async () => {
    const other = await openServer();
    const sessions = `session_id=${sessionId(1)}`;
    const waiting = other.ask('GET', `/api/v1/control?${sessions}&wait=25`, { key: other.key });
    await pause(100);
    const startedAt = performance.now();
    await other.close();
    expect((await waiting).status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  test('polls are asked for while somebody has a session open (wire)', async () => {
    await ingest(begin(1));
    const headers = { 'x-api-key': server.key };
    const stream = await openStream(server.url, headers, `?session_id=${sessionId(1)}`);
    await stream.until(({ event }) => event === 'hello');
    expect((await ingest(heartbeat(1))).json.control_poll_ms).toBe(2_000);
    stream.close();
    await expect
      .poll(async () => (await ingest(heartbeat(1))).json.control_poll_ms, { timeout: 5_000 })
      .toBeNull();
  });
});
