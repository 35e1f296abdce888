import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  api,
  AuthenticationError,
  ConnectionError,
  NiitakaError,
  NotFoundError,
  RateLimitedError,
  ServerError,
  testing,
} from '../index.ts';
import { toCamelCase } from './camel-case.ts';

const session = '22222222-2222-4222-8222-222222222222';
let captured: testing.Capture | undefined;

afterEach(() => {
  captured?.stop();
  captured = undefined;
  vi.unstubAllEnvs();
});

/** A server that answers by path and query, and notes what it was asked. */
async function serve(answer: (url: URL) => { status: number; body: unknown; headers?: object }) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    asked.push(`${request.headers['x-api-key'] as string} ${url.pathname}${url.search}`);
    const { status, body, headers } = answer(url);
    response.writeHead(status, { ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const apiUrl = `http://127.0.0.1:${port}`;
  captured = testing.capture({ apiUrl, apiKey: 'nk_reader' });
  return { asked, apiUrl };
}

async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

describe('api.listSessions()', () => {
  test('reads page after page, as they are consumed', async () => {
    const { asked } = await serve((url) => {
      const cursor = url.searchParams.get('cursor');
      const page = cursor === null ? 1 : Number(cursor);
      const items = [
        { id: `${page}a`, error_count: page },
        { id: `${page}b`, error_count: 0 },
      ];
      return { status: 200, body: { items, next_cursor: page < 3 ? String(page + 1) : null } };
    });
    const rows = api.listSessions({ agentId: 'report-summariser' });
    expect((await rows.next()).value).toEqual({ id: '1a', errorCount: 1 });
    expect(asked).toEqual(['nk_reader /api/v1/sessions?agent_id=report-summariser&limit=200']);
    expect((await collect(rows)).map(({ id }) => id)).toEqual(['1b', '2a', '2b', '3a', '3b']);
    expect(asked[2]).toBe(
      'nk_reader /api/v1/sessions?agent_id=report-summariser&limit=200&cursor=3',
    );
  });

  test('sends every filter under its wire name', async () => {
    const { asked } = await serve(() => ({ status: 200, body: { items: [], next_cursor: null } }));
    await collect(
      api.listSessions({
        status: ['done', 'stale'],
        environment: 'production',
        startedAfter: new Date('2026-01-01T00:00:00Z'),
        startedBefore: Date.parse('2026-02-01T00:00:00Z'),
        search: 'weekly report',
        hasErrors: true,
        goalCompleted: false,
        minCost: 0.5,
        sort: '-cost',
      }),
    );
    const query = new URL(`http://x${asked[0]?.split(' ')[1] ?? ''}`).searchParams;
    expect(Object.fromEntries(query)).toEqual({
      status: 'done,stale',
      environment: 'production',
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-02-01T00:00:00.000Z',
      q: 'weekly report',
      has_errors: 'true',
      goal_completed: 'false',
      min_cost: '0.5',
      sort: '-cost',
      limit: '200',
    });
  });

  test('refuses an answer that is no page', async () => {
    await serve(() => ({ status: 200, body: { rows: [] } }));
    await expect(collect(api.listSessions())).rejects.toThrow('the answer is no page of items');
  });
});

describe('api.getSession() and its fellows', () => {
  test('read one session, its children, events and signals', async () => {
    const { asked } = await serve((url) => {
      if (url.pathname.endsWith('/events')) {
        const after = url.searchParams.get('after');
        return {
          status: 200,
          body: { items: [{ event_id: after ?? '0' }], next_after: after ? null : 7 },
        };
      }
      if (url.pathname.endsWith(session))
        return { status: 200, body: { id: session, agent_id: 'a' } };
      return { status: 200, body: { items: [{ id: 'x' }], next_cursor: null } };
    });
    expect(await api.getSession(session)).toEqual({ id: session, agentId: 'a' });
    expect(await collect(api.listEvents(session))).toEqual([{ eventId: '0' }, { eventId: '7' }]);
    expect(await collect(api.listChildren(session))).toEqual([{ id: 'x' }]);
    expect(await collect(api.listSignals(session))).toEqual([{ id: 'x' }]);
    expect(asked.map((line) => line.replace('nk_reader /api/v1', ''))).toEqual([
      `/sessions/${session}`,
      `/sessions/${session}/events?limit=200`,
      `/sessions/${session}/events?limit=200&after=7`,
      `/sessions?parent_session_id=${session}&limit=200`,
      `/sessions/${session}/signals`,
    ]);
  });

  test('refuse an id that is none before they ask', async () => {
    await expect(api.getSession('../keys')).rejects.toThrow(
      'sessionId must be a UUID: got "../keys"',
    );
    expect(() => api.listChildren('x')).toThrow(TypeError);
  });
});

describe('errors of the read side', () => {
  const problem = (status: number, code: string) => ({
    status,
    headers: { 'retry-after': '2' },
    body: { type: 'x', title: 't', status, code, detail: 'what was found', retryable: false },
  });

  test.each([
    [401, 'unauthenticated', AuthenticationError],
    [403, 'forbidden', AuthenticationError],
    [404, 'not_found', NotFoundError],
    [429, 'rate_limited', RateLimitedError],
    [503, 'unavailable', ServerError],
    [422, 'invalid', NiitakaError],
  ])('are told apart: %s', async (status, code, type) => {
    await serve(() => problem(status, code));
    const error = await api.getSession(session).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(type);
    expect(error).toBeInstanceOf(NiitakaError);
    expect(error).toMatchObject({
      name: type.name,
      status,
      code,
      message: `Cannot read /api/v1/sessions/${session}: what was found (${status})`,
    });
    if (error instanceof RateLimitedError) expect(error.retryAfterMs).toBe(2000);
  });

  test('tell an answer of something else', async () => {
    await serve(() => ({ status: 200, body: '<html>' }));
    await expect(api.getSession(session)).rejects.toThrow(ServerError);
    await serve(() => ({ status: 502, body: 'bad gateway' }));
    await expect(api.getSession(session)).rejects.toThrow('Bad Gateway (502)');
  });

  test('tell that nobody is there', async () => {
    captured = testing.capture({ apiUrl: 'http://127.0.0.1:1', apiKey: 'nk' });
    const error = await api.getSession(session).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(String(error)).toMatch(/^ConnectionError: Cannot reach http:\/\/127\.0\.0\.1:1: /);
  });
});

describe('toCamelCase()', () => {
  test("leaves the user's own keys alone", () => {
    const row = {
      total_cost: 1,
      tags: { my_tag: 'a' },
      metrics: { goal_completed: true },
      tree: [{ error_count: 0 }],
    };
    expect(toCamelCase(row)).toEqual({
      totalCost: 1,
      tags: { my_tag: 'a' },
      metrics: { goal_completed: true },
      tree: [{ errorCount: 0 }],
    });
    expect(toCamelCase(null)).toBe(null);
    expect(toCamelCase('a_b')).toBe('a_b');
  });
});
