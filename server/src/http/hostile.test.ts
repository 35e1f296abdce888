import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import {
  array,
  assert,
  asyncProperty,
  constantFrom,
  dictionary,
  json,
  oneof,
  string,
} from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openServer, type TestServer } from '../testing/open-server.ts';

interface Described {
  readonly security: readonly Record<string, readonly string[]>[];
  readonly parameters?: readonly { name: string; in: string; required: boolean }[];
  readonly requestBody?: object;
}

const contract = JSON.parse(
  readFileSync(new URL('../../../protocol/openapi.json', import.meta.url), 'utf8'),
) as { paths: Record<string, Record<string, Described>> };
const operations = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, described]) => ({ method, path, described })),
);
// Streams and samples do something else than answer.
const answering = operations.filter(
  ({ method, path }) =>
    !path.endsWith('/stream') && !(path.endsWith('/samples') && method === 'post'),
);

let server: TestServer;

beforeAll(async () => {
  server = await openServer();
});

afterAll(() => server.close());

const hostileText = oneof(
  constantFrom(
    '\0',
    '%00',
    '../../etc/passwd',
    "' OR 1=1 --",
    '"*"',
    'NaN',
    '1e308',
    '-1',
    '9'.repeat(400),
    '\u{10ffff}',
    'a'.repeat(5000),
    '01990000-0000-7000-8000-000000000001',
    '2026-02-30T25:61:61Z',
    '0000-01-01T00:00:00Z',
    'started_at:',
    'true',
  ),
  string({ unit: 'binary', maxLength: 60 }),
);

describe('every call of openapi.json', () => {
  test.each(answering)(
    '$method $path never fails, whatever it is sent',
    async ({ method, path, described }) => {
      const queries = (described.parameters ?? []).filter((one) => one.in === 'query');
      const names = [...queries.map(({ name }) => name), 'unknown'];
      const input = asyncProperty(
        array(hostileText, { minLength: 2, maxLength: 2 }),
        dictionary(constantFrom(...names), hostileText, { maxKeys: 4 }),
        oneof(
          json({ maxDepth: 3 }),
          string(),
          constantFrom('{', '[[', '{"records":[null,1,"x",{},[]]}'),
        ),
        async (ids, query, body) => {
          let at = 0;
          const filled = path.replaceAll(/\{\w+\}/g, () =>
            encodeURIComponent(safe(ids[at++] ?? '')),
          );
          const search = new URLSearchParams(Object.entries(query)).toString();
          const answer = await fetch(`${server.url}${filled}?${search}`, {
            method: method.toUpperCase(),
            headers: { 'x-api-key': server.key, 'content-type': 'application/json' },
            ...(method === 'get' ? {} : { body }),
          });
          await answer.text();
          if (answer.status >= 500)
            throw new Error(`${answer.status} from ${filled}?${search} ${body}`);
        },
      );
      await assert(input, { numRuns: 12 });
    },
  );

  test.each(operations.filter(({ method, path }) => method === 'get' && path.startsWith('/api/')))(
    '$method $path refuses a filter that it does not know (wire)',
    async ({ path, described }) => {
      const known = (described.parameters ?? []).filter(
        (one) => one.in === 'query' && one.required,
      );
      const filled = path.replaceAll(/\{\w+\}/g, '01990000-0000-7000-8000-000000000001');
      const names = [...known.map(({ name }) => name), 'colour'];
      const search = names.map((name) => `${name}=x`).join('&');
      const answer = await server.ask('GET', `${filled}?${search}`);
      expect([answer.status, answer.json?.code]).toEqual([422, 'invalid']);
      expect(answer.json.errors.map((error: { path: string }) => error.path)).toContain('colour');
    },
  );

  test('a key that is not known gets nothing, on every call that has a scope', async () => {
    for (const { method, path, described } of operations) {
      if (described.security.length === 0 || path === '/metrics') continue;
      const filled = path.replaceAll(/\{\w+\}/g, '01990000-0000-7000-8000-000000000001');
      const answer = await server.ask(method.toUpperCase(), filled, {
        key: `nk_${'x'.repeat(40)}`,
      });
      expect([path, answer.status]).toEqual([path, 401]);
      const nobody = await server.ask(method.toUpperCase(), filled, { key: null });
      expect([path, nobody.status]).toEqual([path, 401]);
    }
  });

  test('a known key gets no call that needs another scope', async () => {
    const made = await server.ask('POST', '/api/v1/keys', {
      body: { name: 'ingest only', scopes: ['ingest'] },
    });
    for (const { method, path, described } of operations) {
      const scopes = described.security.flatMap((one) => one['key'] ?? []);
      if (scopes.length === 0 || scopes.includes('ingest') || path === '/metrics') continue;
      const filled = path.replaceAll(/\{\w+\}/g, '01990000-0000-7000-8000-000000000001');
      const answer = await server.ask(method.toUpperCase(), filled, { key: made.json.key });
      expect([path, answer.status]).toEqual([path, 403]);
    }
  });
});

/** A path segment of dots would be another path. */
function safe(text: string): string {
  const wellFormed = text.toWellFormed();
  return /^\.*$/.test(wellFormed) ? 'x' : wellFormed.slice(0, 300);
}

describe('bytes that are no good request', () => {
  const send = (text: string) =>
    new Promise<string>((resolve) => {
      const { hostname, port } = new URL(server.url);
      const socket = connect(Number(port), hostname);
      let answer = '';
      socket.setEncoding('utf8').on('data', (part: string) => {
        answer += part;
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(answer));
      socket.end(text);
    });

  test('headers that are too large are answered 431, as a problem', async () => {
    const answer = await send(
      `GET /healthz HTTP/1.1\r\nhost: x\r\nx-large: ${'a'.repeat(20_000)}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain('"code":"invalid"');
  });

  test.each([
    ['no HTTP', 'hello\r\n\r\n'],
    [
      'two lengths',
      'POST /api/v1/ingest HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
    ],
    [
      'length and chunks',
      'POST /api/v1/ingest HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    [
      'a bad chunk',
      'POST /api/v1/ingest HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
    ],
  ])('%s is answered 400', async (_, text) => {
    expect(await send(text)).toMatch(/^HTTP\/1\.1 (400|401) /);
  });

  test('the server is well after all that', async () => {
    expect((await server.ask('GET', '/readyz')).status).toBe(200);
  });
});

describe('ingest bodies', () => {
  const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  const event = (data: string) =>
    `{"records":[{"kind":"event","session_id":"01990000-0000-7000-8000-000000000001","event_id":"01990000-0000-7000-8000-000000000002","type":"log","started_at":"2026-06-15T12:00:00Z","data":${data}}]}`;

  test.each([
    ['10,000 levels', event(deep(10_000))],
    ['100,000 levels around', deep(100_000)],
    ['NaN', event('{"cost_usd":NaN}')],
    ['1e308', event('{"cost_usd":1e308,"input_tokens":1e308}')],
    ['1e999', event('{"input_tokens":1e999}')],
    ['NUL and lone surrogates', event('{"message":"\\u0000\\ud800","\\udfff":1}')],
    ['__proto__', event('{"__proto__":{"x":1},"constructor":{"prototype":1}}')],
    [
      'records of other kinds',
      '{"records":[null,true,1,"x",[],{},{"kind":1},{"kind":"__proto__"},{"kind":"toString"}]}',
    ],
    ['an envelope of nonsense', '{"sdk":7,"sent_at":{},"policy_revisions":[],"records":[],"x":1}'],
    [
      '600 keys',
      event(
        JSON.stringify(Object.fromEntries(Array.from({ length: 600 }, (_, n) => [`k${n}`, n]))),
      ),
    ],
  ])('%s never make a 5xx', async (_, body) => {
    const answer = await fetch(`${server.url}/api/v1/ingest`, {
      method: 'POST',
      headers: { 'x-api-key': server.key, 'content-type': 'application/json' },
      body,
    });
    expect(answer.status).toBeLessThan(500);
    await answer.text();
  });
});
