import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openServer, type TestServer } from '../testing/open-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await openServer();
});

afterAll(() => server.close());

async function post(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<{ status: number; json: Record<string, unknown> }> {
  const answer = await fetch(`${server.url}/api/v1/ingest`, {
    method: 'POST',
    headers: { 'x-api-key': server.key, 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
}

const record = (goal: string) => ({
  kind: 'session.start',
  session_id: '01990000-0000-7000-8000-000000000001',
  goal,
  started_at: '2026-06-15T12:00:00.000Z',
});
const eightMiB = 8 * 1024 * 1024;

describe('POST /ingest', () => {
  test('takes plain and gzipped JSON, and any size of piece', async () => {
    const body = JSON.stringify({ records: [record('zip')] });
    expect(await post(body)).toMatchObject({ status: 200, json: { accepted: 1, rejected: [] } });
    const zipped = await post(new Uint8Array(gzipSync(body)), { 'content-encoding': 'gzip' });
    expect(zipped).toMatchObject({ status: 200, json: { accepted: 0, duplicates: 1 } });
    const streamed = await fetch(`${server.url}/api/v1/ingest`, {
      method: 'POST',
      headers: { 'x-api-key': server.key, 'content-type': 'application/json' },
      body: new Blob([body]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(await streamed.json()).toMatchObject({ accepted: 0, duplicates: 1 });
  });

  test.each([
    ['unreadable JSON', '{"records": [', 400, 'invalid'],
    ['no bytes', '', 400, 'invalid'],
    ['another shape', '[]', 422, 'invalid'],
    ['records that are no array', '{"records":{}}', 422, 'invalid'],
    ['bad UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 400, 'invalid'],
  ])('refuses %s whole', async (_, body, status, code) => {
    expect(await post(body)).toMatchObject({ status, json: { status, code, retryable: false } });
  });

  test('refuses 1,001 records, naming limit and value found (E7)', async () => {
    const records = Array.from({ length: 1001 }, () => record('x'));
    const { status, json } = await post(JSON.stringify({ records }));
    expect([status, json['code']]).toEqual([413, 'too_large']);
    expect(json['detail']).toContain('1001');
    expect(json['detail']).toContain('1000');
  });

  test('refuses a body over 8 MiB before it is read, naming limit and value found', async () => {
    const { status, json } = await post(' '.repeat(eightMiB + 1));
    expect(status).toBe(413);
    expect(json['detail']).toBe('The batch is too large: found 8388609 bytes, at most 8388608');
  });

  test('refuses a gzip bomb without unpacking it', async () => {
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(64 * 1024 * 1024)));
    expect(bomb.length).toBeLessThan(eightMiB);
    const { status, json } = await post(bomb, { 'content-encoding': 'gzip' });
    expect(status).toBe(413);
    expect(json['detail']).toBe(
      'The batch is too large: found more than 8388608 bytes after decompression, at most 8388608',
    );
  });

  test.each([
    ['gzip that is none', 'hello', { 'content-encoding': 'gzip' }, 400],
    [
      'gzip that is cut',
      gzipSync('{"records":[]}').subarray(0, 20),
      { 'content-encoding': 'gzip' },
      400,
    ],
    ['brotli', 'x', { 'content-encoding': 'br' }, 415],
    ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['XML', '<a/>', { 'content-type': 'text/xml' }, 415],
  ])('refuses %s', async (_, body, headers, status) => {
    const bytes = typeof body === 'string' ? body : new Uint8Array(body);
    expect((await post(bytes, headers as unknown as Record<string, string>)).status).toBe(status);
  });

  test('a sender that hangs up half-way harms nobody, and gives back what it held', async () => {
    const { hostname, port } = new URL(server.url);
    for (let n = 0; n < 40; n += 1) {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.write(
        `POST /api/v1/ingest HTTP/1.1\r\nhost: localhost\r\nx-api-key: ${server.key}\r\n` +
          `content-type: application/json\r\ncontent-length: 900000\r\n\r\n{"records":[`,
      );
      setTimeout(() => socket.destroy(), 20);
    }
    await expect
      .poll(async () => (await server.ask('GET', '/metrics')).text, { timeout: 15_000 })
      .toContain('niitaka_ingest_bytes_in_flight 0\n');
    expect((await post(JSON.stringify({ records: [] }))).status).toBe(200);
  });

  test('a key that holds its share is 429 with Retry-After, and another one is taken beside it', async () => {
    const made = await server.ask('POST', '/api/v1/keys', {
      body: { name: 'quiet', scopes: ['ingest'] },
    });
    const { hostname, port } = new URL(server.url);
    const sockets: Socket[] = [];
    const holdOne = () => {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.write(
        `POST /api/v1/ingest HTTP/1.1\r\nhost: localhost\r\nx-api-key: ${server.key}\r\n` +
          `content-type: application/json\r\ncontent-length: ${eightMiB}\r\n\r\n`,
      );
      socket.write(' '.repeat(eightMiB - 1));
      sockets.push(socket);
    };
    // More than what is left of its share once it is full, less than what is left beside it.
    const body = JSON.stringify({ records: [], padding: ' '.repeat(3 * 1024 * 1024) });
    const tryOne = (key: string) =>
      fetch(`${server.url}/api/v1/ingest`, {
        method: 'POST',
        headers: { 'x-api-key': key, 'content-type': 'application/json' },
        body,
      });
    let refused = await tryOne(server.key);
    const fill = async () => {
      if (refused.status !== 429) holdOne();
      refused = await tryOne(server.key);
      return refused.status;
    };
    await expect.poll(fill, { timeout: 60_000, interval: 250 }).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({ code: 'rate_limited', retryable: true });
    expect((await tryOne(made.json.key)).status).toBe(200);
    const { text } = await server.ask('GET', '/metrics');
    expect(text).toMatch(/\nniitaka_ingest_refused_total\{code="rate_limited"\} [1-9]/);
    for (const socket of sockets) socket.destroy();
    await expect.poll(async () => (await tryOne(server.key)).status, { timeout: 15_000 }).toBe(200);
  });
});
