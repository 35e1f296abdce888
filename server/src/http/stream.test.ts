import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openServer, type TestServer } from '../testing/open-server.ts';
import { openStream, type StreamClient, type StreamMessage } from '../testing/open-stream.ts';

let server: TestServer;
let streams: StreamClient[] = [];
let base = 0;

beforeAll(async () => {
  server = await openServer();
});

afterAll(() => server.close());

beforeEach(() => {
  streams = [];
  base += 1_000_000;
});

afterEach(() => {
  for (const stream of streams) stream.close();
});

async function listen(
  query = '',
  headers: Record<string, string> = { 'x-api-key': server.key },
): Promise<StreamClient> {
  const stream = await openStream(server.url, headers, query);
  streams.push(stream);
  return stream;
}

const sessionId = (number: number) =>
  `01990000-0000-7000-8000-${String(base + number).padStart(12, '0')}`;
const eventId = (number: number) =>
  `01990000-0000-7000-9000-${String(base + number).padStart(12, '0')}`;
const start = (number: number) => ({
  kind: 'session.start',
  session_id: sessionId(number),
  goal: `run ${number}`,
  started_at: new Date().toISOString(),
});
const log = (session: number, number: number) => ({
  kind: 'event',
  session_id: sessionId(session),
  event_id: eventId(number),
  type: 'log',
  started_at: new Date().toISOString(),
  ended_at: new Date().toISOString(),
  data: { message: `line ${number}` },
});

async function send(...records: object[]): Promise<void> {
  const answer = await server.ask('POST', '/api/v1/ingest', { body: { records } });
  expect(answer.json.rejected).toEqual([]);
}

const isRow =
  (number: number, more: object = {}) =>
  ({ event, text }: StreamMessage) => {
    if (event !== 'session') return false;
    const row = JSON.parse(text);
    const wanted = { id: sessionId(number), ...more };
    return Object.entries(wanted).every(([name, value]) => row[name] === value);
  };
const isHello = ({ event }: StreamMessage) => event === 'hello';
const names = (stream: StreamClient) => stream.messages.map(({ event }) => event);

describe('GET /stream', () => {
  test('says retry and hello first, with headers that no proxy buffers', async () => {
    const stream = await listen();
    const hello = await stream.until(isHello);
    expect(stream.retry).toBe(3000);
    expect(JSON.parse(hello.text)).toEqual({
      revision: expect.any(Number),
      stream_id: expect.any(String),
    });
    expect(hello.id).toMatch(/^\d+\.\w+$/);
    expect(stream.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    expect(stream.response.headers['transfer-encoding']).toBeUndefined();
  });

  test('sends the whole list row of a session that changed', async () => {
    const stream = await listen();
    await stream.until(isHello);
    await send(start(1), log(1, 1));
    const message = await stream.until(isRow(1));
    const detail = await server.ask('GET', `/api/v1/sessions/${sessionId(1)}`);
    expect(detail.json).toMatchObject(JSON.parse(message.text));
  });

  test('several changes of one session between two flushes are one message', async () => {
    const stream = await listen();
    await stream.until(isHello);
    await send(start(1));
    await Promise.all(Array.from({ length: 30 }, (_, n) => send(log(1, n))));
    await stream.until(isRow(1, { event_count: 30 }));
    const rows = stream.messages.filter(({ event }) => event === 'session');
    expect(rows.length).toBeLessThan(20);
  });

  test('a heartbeat alone is no change', async () => {
    await send(start(1));
    const stream = await listen();
    await stream.until(isHello);
    await send({ kind: 'session.heartbeat', session_ids: [sessionId(1)] });
    await send(start(2));
    await stream.until(isRow(2));
    expect(names(stream)).toEqual(['hello', 'session']);
  });

  test('tells of deletions', async () => {
    await send(start(1));
    const stream = await listen();
    await stream.until(isHello);
    await server.ask('DELETE', `/api/v1/sessions/${sessionId(1)}`);
    const gone = await stream.until(({ event }) => event === 'deleted');
    expect(JSON.parse(gone.text)).toEqual({ id: sessionId(1) });
  });

  test('topics choose; one that is not known is invalid', async () => {
    const signals = await listen('?topics=signals');
    await signals.until(isHello);
    await send(start(1), {
      kind: 'signal',
      signal_id: eventId(5),
      session_id: sessionId(1),
      type: 'guardrail',
      subtype: 'cost_limit',
      action: 'warn',
      severity: 'warning',
      message: 'close to the limit',
      occurred_at: new Date().toISOString(),
    });
    const signal = await signals.until(({ event }) => event === 'signal');
    expect(JSON.parse(signal.text)).toMatchObject({ id: eventId(5), session_id: sessionId(1) });
    expect(names(signals)).toEqual(['hello', 'signal']);
    expect((await server.ask('GET', '/api/v1/stream?topics=weather')).status).toBe(422);
  });
});

describe('resuming', () => {
  test('with the last id, everything since comes, once for each session, also after a restart', async () => {
    const before = await listen();
    await before.until(isHello);
    await send(start(1));
    await before.until(isRow(1));
    const lastId = before.lastId ?? '';
    before.close();
    await send(start(2), log(1, 1));
    await send(log(1, 2));
    server = await server.restart();
    await send(start(3));
    const after = await listen('', { 'x-api-key': server.key, 'last-event-id': lastId });
    await after.until(isRow(3));
    const seen = after.messages.filter(({ event }) => event === 'session');
    expect(seen.map(({ text }) => JSON.parse(text).id).sort()).toEqual([1, 2, 3].map(sessionId));
    expect(names(after)[0]).toBe('hello');
    await send(log(3, 3));
    await after.until(isRow(3, { event_count: 1 }));
  });

  test('?last_event_id= does the same for clients that cannot send the header', async () => {
    await send(start(1));
    const first = await listen();
    await first.until(isHello);
    await send(start(2));
    const again = await listen(`?last_event_id=${first.messages[0]?.id}`);
    await again.until(isRow(2));
    expect(names(again)).toEqual(['hello', 'session']);
  });

  test.each([
    ['no id of ours', 'garbage'],
    ['from a revision that is not reached', '99999999.zzz'],
    ['older than deletions are kept', '0.0'],
  ])('an id that is %s makes the page reload', async (_, id) => {
    await send(start(1));
    const stream = await listen(`?last_event_id=${id}`);
    const reset = await stream.until(({ event }) => event === 'reset');
    expect(JSON.parse(reset.text).revision).toBeGreaterThan(0);
    await send(start(2));
    await stream.until(isRow(2));
  });

  test('more than 5,000 changes make the page reload', async () => {
    const first = await listen();
    const { id } = await first.until(isHello);
    first.close();
    for (let batch = 0; batch < 6; batch += 1) {
      await send(...Array.from({ length: 900 }, (_, n) => start(batch * 900 + n + 1)));
    }
    const stream = await listen(`?last_event_id=${id}`);
    await stream.until(({ event }) => event === 'reset');
    expect(names(stream)).toEqual(['hello', 'reset']);
  });

  test('cut again and again while sessions change, it misses none', async () => {
    const seen = new Set<string>();
    const first = await listen();
    await first.until(isHello);
    first.close();
    let lastId = first.lastId;
    let isSent = false;
    const sending = (async () => {
      for (let n = 1; n <= 60; n += 1) await send(start(n), log(n, n));
      isSent = true;
    })();
    for (let wasSent = false; !wasSent;) {
      wasSent = isSent;
      const stream = await listen(`?last_event_id=${lastId}`);
      if (wasSent) await stream.until(isRow(60));
      else await pause(12);
      stream.close();
      for (const { event, text } of stream.messages) {
        if (event === 'session') seen.add(JSON.parse(text).id);
      }
      lastId = stream.lastId ?? lastId;
      if (seen.has(sessionId(60))) break;
    }
    await sending;
    expect([...seen].sort()).toEqual(Array.from({ length: 60 }, (_, n) => sessionId(n + 1)));
  });
});

describe('following a session', () => {
  const isEvent =
    (number: number) =>
    ({ event, text }: StreamMessage) =>
      event === 'event' && JSON.parse(text).event.event_id === eventId(number);

  test('its events come in order of position, resumable, and nobody else gets them', async () => {
    await send(start(1), log(1, 1));
    const stream = await listen(`?session_id=${sessionId(1)}`);
    const other = await listen();
    await stream.until(isHello);
    await other.until(isHello);
    await send(log(1, 2), log(1, 3));
    await stream.until(isEvent(3));
    await other.until(isRow(1));
    const events = stream.messages.filter(({ event }) => event === 'event');
    expect(events.map(({ text }) => JSON.parse(text).event.event_id)).toEqual([2, 3].map(eventId));
    expect(JSON.parse(events[0]?.text ?? '').session_id).toBe(sessionId(1));
    expect(names(other)).not.toContain('event');

    const lastId = stream.lastId;
    stream.close();
    await send(log(1, 4));
    const again = await listen(`?session_id=${sessionId(1)}&last_event_id=${lastId}`);
    await again.until(isEvent(4));
    const resumed = again.messages.filter(({ event }) => event === 'event');
    expect(resumed.length).toBe(1);
  });

  test('PATCH turns a stream to another session, and to none', async () => {
    await send(start(1), start(2), log(2, 1));
    const stream = await listen();
    const { stream_id } = JSON.parse((await stream.until(isHello)).text);
    const follow = (session_id: string | null) =>
      server.ask('PATCH', `/api/v1/stream/${stream_id}`, { body: { session_id } });
    expect((await follow(sessionId(2))).status).toBe(204);
    await send(log(2, 2), log(1, 3));
    await stream.until(isEvent(2));
    expect((await follow(null)).status).toBe(204);
    await send(log(2, 4));
    await stream.until(isRow(2, { event_count: 3 }));
    await pause(60);
    expect(names(stream).filter((name) => name === 'event').length).toBe(1);
  });

  test("another one's stream, or none, is not found", async () => {
    const stream = await listen();
    const { stream_id } = JSON.parse((await stream.until(isHello)).text);
    const made = await server.ask('POST', '/api/v1/keys', {
      body: { name: 'r', scopes: ['read'] },
    });
    const patch = (id: string, key: string) =>
      server.ask('PATCH', `/api/v1/stream/${id}`, { key, body: { session_id: null } });
    expect((await patch(stream_id, made.json.key)).status).toBe(404);
    expect((await patch(sessionId(1), server.key)).status).toBe(404);
    expect((await patch('x', server.key)).status).toBe(404);
  });

  test('a session with many events is sent in pages, all of them', async () => {
    await send(start(1));
    const stream = await listen(`?session_id=${sessionId(1)}`);
    await stream.until(isHello);
    const id = stream.lastId;
    stream.close();
    await send(...Array.from({ length: 900 }, (_, n) => log(1, n + 1)));
    const again = await listen(`?session_id=${sessionId(1)}&last_event_id=${id}`);
    await again.until(isEvent(900));
    const events = again.messages.filter(({ event }) => event === 'event');
    expect(events.length).toBe(900);
  });
});

describe('limits and ends', () => {
  async function signIn(): Promise<Record<string, string>> {
    const answer = await server.ask('POST', '/api/v1/session', {
      key: null,
      body: { key: server.key },
    });
    return { cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '' };
  }

  test('the eleventh stream of a browser session is told the limit and ended', async () => {
    const headers = await signIn();
    for (let n = 0; n < 10; n += 1) await (await listen('', headers)).until(isHello);
    const over = await listen('', headers);
    const limit = await over.until(({ event }) => event === 'limit');
    expect(JSON.parse(limit.text)).toEqual({
      limit: 10,
      detail: 'At most 10 streams may be open at once: close one first',
    });
    expect(over.retry).toBe(60_000);
    await over.untilEnded();
    streams[0]?.close();
    await pause(30);
    await (await listen('', headers)).until(isHello);
  });

  test('signing out says bye and ends the stream', async () => {
    const headers = await signIn();
    const mine = await listen('', headers);
    const other = await listen();
    await mine.until(isHello);
    await other.until(isHello);
    await server.ask('DELETE', '/api/v1/session', {
      key: null,
      headers: { ...headers, origin: server.url },
    });
    const bye = await mine.until(({ event }) => event === 'bye');
    expect(JSON.parse(bye.text)).toEqual({ reason: 'sign_out' });
    await mine.untilEnded();
    expect(other.ended).toBe(false);
  });

  test('revoking a key says bye to its streams', async () => {
    const made = await server.ask('POST', '/api/v1/keys', {
      body: { name: 'r', scopes: ['read'] },
    });
    const stream = await listen('', { 'x-api-key': made.json.key });
    await stream.until(isHello);
    await server.ask('DELETE', `/api/v1/keys/${made.json.id}`);
    const bye = await stream.until(({ event }) => event === 'bye');
    expect(JSON.parse(bye.text)).toEqual({ reason: 'revoked' });
    await stream.untilEnded();
  });

  test('a server that stops ends its streams without bye: clients come back', async () => {
    const stream = await listen();
    await stream.until(isHello);
    server = await server.restart();
    await stream.untilEnded();
    expect(names(stream)).toEqual(['hello']);
  });

  test('a client that does not read is cut off; others go on', async () => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.pause();
    socket.write(
      `GET /api/v1/stream HTTP/1.1\r\nhost: localhost\r\nx-api-key: ${server.key}\r\n\r\n`,
    );
    const healthy = await listen();
    await healthy.until(isHello);
    let isCut = false;
    socket.on('close', () => {
      isCut = true;
    });
    socket.on('error', () => undefined);
    const longTags = Object.fromEntries(
      [...'abcdefghij'].map((name) => [name, 'long '.repeat(39)]),
    );
    for (let batch = 0; batch < 40; batch += 1) {
      const records = Array.from({ length: 200 }, (_, n) => ({
        ...start(batch * 200 + n + 1),
        goal: 'long '.repeat(390),
        tags: longTags,
      }));
      await send(...records);
      const metrics = await server.ask('GET', '/metrics');
      if (/niitaka_slow_streams_total [1-9]/.test(metrics.text)) break;
    }
    const metrics = await server.ask('GET', '/metrics');
    expect(metrics.text).toContain('niitaka_slow_streams_total 1');
    socket.resume();
    await expect.poll(() => isCut).toBe(true);
    expect(healthy.ended).toBe(false);
    await send(start(99_999));
    await healthy.until(isRow(99_999));
  }, 90_000);
});
