import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openServer, type TestServer } from '../testing/open-server.ts';
import { rawStatus } from '../testing/raw-request.ts';

let server: TestServer;

beforeAll(async () => {
  server = await openServer();
});

afterAll(() => server.close());

async function createKey(scopes: readonly string[]): Promise<{ id: string; key: string }> {
  const made = await server.ask('POST', '/api/v1/keys', { body: { name: 'test', scopes } });
  expect(made.status).toBe(201);
  return made.json;
}

async function signIn(): Promise<{ cookie: string; origin: string }> {
  const answer = await server.ask('POST', '/api/v1/session', {
    key: null,
    body: { key: server.key },
  });
  expect(answer.status).toBe(200);
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  return { cookie, origin: server.url };
}

describe('keys (O2)', () => {
  test('a key is shown once; the list has its prefix and never the secret', async () => {
    const made = await createKey(['read']);
    expect(made.key).toMatch(/^nk_[A-Za-z0-9_-]{43}$/);
    const list = await server.ask('GET', '/api/v1/keys');
    const row = list.json.items.find(({ id }: { id: string }) => id === made.id);
    expect(row).toEqual({
      id: made.id,
      name: 'test',
      prefix: made.key.slice(0, 11),
      scopes: ['read'],
      created_at: expect.any(String),
      last_used_at: null,
      revoked_at: null,
    });
    expect(list.text).not.toContain(made.key);
  });

  test.each([
    ['ingest', 'GET', '/api/v1/sessions', 403],
    ['ingest', 'POST', '/api/v1/keys', 403],
    ['read', 'GET', '/api/v1/sessions', 200],
    ['read', 'POST', '/api/v1/ingest', 403],
    ['read', 'POST', '/api/v1/keys', 403],
    ['read', 'DELETE', '/api/v1/sessions/01990000-0000-7000-8000-000000000001', 403],
    ['admin', 'GET', '/api/v1/sessions', 200],
    ['admin', 'POST', '/api/v1/ingest', 403],
  ])('a key with scope %s asking %s %s is answered %i', async (scope, method, path, status) => {
    const { key } = await createKey([scope]);
    const answer = await server.ask(method, path, {
      key,
      ...(method === 'POST' ? { body: { records: [] } } : {}),
    });
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.json.code).toBe('forbidden');
  });

  test('a key travels as Authorization: Bearer too, and X-API-Key wins', async () => {
    const bearer = { authorization: `Bearer ${server.key}` };
    const asked = await server.ask('GET', '/api/v1/session', { key: null, headers: bearer });
    expect(asked.status).toBe(200);
    const both = await server.ask('GET', '/api/v1/session', { key: 'nk_wrong', headers: bearer });
    expect(both.status).toBe(401);
  });

  test('a revoked key is refused at once', async () => {
    const { id, key } = await createKey(['read']);
    expect((await server.ask('GET', '/api/v1/session', { key })).status).toBe(200);
    expect((await server.ask('DELETE', `/api/v1/keys/${id}`)).status).toBe(204);
    const refused = await server.ask('GET', '/api/v1/session', { key });
    expect(refused.status).toBe(401);
    expect(refused.json).toEqual({
      type: 'urn:niitaka:problem:unauthenticated',
      title: 'Who asks is not known',
      status: 401,
      code: 'unauthenticated',
      detail: 'This API key is not known, or it was revoked',
      retryable: false,
    });
  });

  test('a key id that is not known, or no id at all, is not found', async () => {
    for (const id of ['01990000-0000-7000-8000-00000000ffff', 'x', '%00']) {
      expect((await server.ask('DELETE', `/api/v1/keys/${id}`)).status).toBe(404);
    }
  });

  test('last_used_at is stored with the next start', async () => {
    let other = await openServer();
    await other.ask('GET', '/api/v1/session');
    other = await other.restart();
    const list = await other.ask('GET', '/api/v1/keys');
    expect(Date.parse(list.json.items[0].last_used_at)).toBeGreaterThan(Date.now() - 60_000);
    await other.close();
  });
});

describe('browser sessions (O3)', () => {
  test('an admin key signs in; the cookie reads, and writes with its origin only', async () => {
    const { cookie, origin } = await signIn();
    const who = await server.ask('GET', '/api/v1/session', { key: null, headers: { cookie } });
    expect(who.json).toMatchObject({ role: 'admin', person: null, first_run: true });
    expect(who.headers.get('set-cookie')).toContain(`${cookie}; Path=/; HttpOnly`);
    const body = { name: 'by browser', scopes: ['read'] };
    const write = (headers: Record<string, string>) =>
      server.ask('POST', '/api/v1/keys', { key: null, body, headers: { cookie, ...headers } });
    expect((await write({})).status).toBe(403);
    expect((await write({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await write({ origin: 'null' })).status).toBe(403);
    expect((await write({ origin, 'sec-fetch-site': 'same-site' })).status).toBe(403);
    expect((await write({ origin })).status).toBe(201);
    expect((await write({ 'sec-fetch-site': 'same-origin' })).status).toBe(201);
  });

  test('a key without admin cannot sign in', async () => {
    const { key } = await createKey(['read']);
    const answer = await server.ask('POST', '/api/v1/session', { key: null, body: { key } });
    expect(answer.status).toBe(403);
  });

  test('a one-time link signs in once, and not after it ran out', async () => {
    const { person, token } = await invite('Grace', 'read');
    const first = await server.ask('POST', '/api/v1/session', { key: null, body: { token } });
    expect(first.json).toMatchObject({ role: 'read', person: { id: person, name: 'Grace' } });
    const again = await server.ask('POST', '/api/v1/session', { key: null, body: { token } });
    expect(again.status).toBe(401);
    expect(again.json.detail).toContain('it has been used');
    const unknown = await server.ask('POST', '/api/v1/session', {
      key: null,
      body: { token: 'guess' },
    });
    expect(unknown.json.detail).toContain('it is not known');
  });

  test('signing in again takes a new token and ends the one before', async () => {
    const { cookie } = await signIn();
    const again = await server.ask('POST', '/api/v1/session', {
      key: null,
      body: { key: server.key },
      headers: { cookie, origin: server.url },
    });
    expect(again.headers.get('set-cookie')).not.toContain(cookie);
    const before = await server.ask('GET', '/api/v1/session', { key: null, headers: { cookie } });
    expect(before.status).toBe(401);
  });

  test('signing out ends the session', async () => {
    const { cookie, origin } = await signIn();
    const out = await server.ask('DELETE', '/api/v1/session', {
      key: null,
      headers: { cookie, origin },
    });
    expect(out.status).toBe(204);
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
    const after = await server.ask('GET', '/api/v1/session', { key: null, headers: { cookie } });
    expect(after.status).toBe(401);
  });

  test('a forged cookie is nobody', async () => {
    for (const token of ['x', 'A'.repeat(43), '', '../../etc/passwd']) {
      const cookie = `niitaka_session=${token}`;
      const answer = await server.ask('GET', '/api/v1/session', { key: null, headers: { cookie } });
      expect(answer.status).toBe(401);
    }
  });

  test('revoking a person or the key that signed in ends their browser sessions', async () => {
    const { person, token } = await invite('Linus', 'admin');
    const signedIn = await server.ask('POST', '/api/v1/session', { key: null, body: { token } });
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await server.ask('DELETE', `/api/v1/people/${person}`)).status).toBe(204);
    const byPerson = await server.ask('GET', '/api/v1/session', { key: null, headers: { cookie } });
    expect(byPerson.status).toBe(401);

    const { id, key } = await createKey(['admin']);
    const signIn = await server.ask('POST', '/api/v1/session', { key: null, body: { key } });
    const keyCookie = signIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    await server.ask('DELETE', `/api/v1/keys/${id}`);
    const byKey = await server.ask('GET', '/api/v1/session', {
      key: null,
      headers: { cookie: keyCookie },
    });
    expect(byKey.status).toBe(401);
  });

  test('the cookie is HttpOnly, SameSite=Lax, of the whole site, for 30 days', async () => {
    const answer = await server.ask('POST', '/api/v1/session', {
      key: null,
      body: { key: server.key },
    });
    expect(answer.headers.get('set-cookie')).toMatch(
      /^niitaka_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=2592000$/,
    );
  });
});

async function invite(name: string, role: string): Promise<{ person: string; token: string }> {
  const made = await server.ask('POST', '/api/v1/people', { body: { name, role } });
  expect(made.status).toBe(201);
  return { person: made.json.id, token: new URL(made.json.link).searchParams.get('token') ?? '' };
}

test('signing in takes 10 failed tries a minute from an address, then none', async () => {
  const other = await openServer();
  const guess = () =>
    other.ask('POST', '/api/v1/session', { key: null, body: { key: 'nk_guess' } });
  for (let n = 0; n < 10; n += 1) expect((await guess()).status).toBe(401);
  const limited = await guess();
  expect(limited.status).toBe(429);
  expect(limited.json).toMatchObject({ code: 'rate_limited', retryable: true });
  expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
  await other.close();
});

describe('hosts', () => {
  const hosted = (host: string, headers: Record<string, string>) =>
    rawStatus(server.url, '/api/v1/session', { host, ...headers });

  test('a host that is not known is refused with a cookie or none, and taken with a key', async () => {
    const { cookie } = await signIn();
    expect(await hosted('evil.example', {})).toBe(403);
    expect(await hosted('evil.example', { cookie })).toBe(403);
    expect(await hosted('evil.example', { 'x-api-key': server.key })).toBe(200);
    expect(await hosted('localhost:4600', { cookie })).toBe(200);
  });

  test('/healthz and /readyz answer any host', async () => {
    expect(await rawStatus(server.url, '/healthz', { host: 'lb.internal' })).toBe(200);
    expect(await rawStatus(server.url, '/readyz', { host: 'lb.internal' })).toBe(200);
    expect(await rawStatus(server.url, '/', { host: 'lb.internal' })).toBe(403);
  });
});

describe('Idempotency-Key', () => {
  const body = { name: 'once', scopes: ['read'] };
  const once = (more: object, key: string) =>
    server.ask('POST', '/api/v1/keys', {
      body: { ...body, ...more },
      headers: { 'idempotency-key': key },
    });

  test('the same request again is answered with the first result, secret and all', async () => {
    const first = await once({}, 'k-1');
    const again = await once({}, 'k-1');
    expect(again.status).toBe(201);
    expect(again.json).toEqual(first.json);
  });

  test('many at once make one key', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => once({}, 'k-2')));
    expect(new Set(answers.map(({ json }) => json.key)).size).toBe(1);
  });

  test('another body under it is a conflict', async () => {
    await once({}, 'k-3');
    const other = await once({ name: 'other' }, 'k-3');
    expect(other.status).toBe(409);
    expect(other.json.code).toBe('conflict');
  });

  test('a refused request does not hold the key', async () => {
    const invited = { name: 'Twice', role: 'read' };
    await server.ask('POST', '/api/v1/people', { body: invited });
    const headers = { 'idempotency-key': 'k-4' };
    const taken = await server.ask('POST', '/api/v1/people', { body: invited, headers });
    expect(taken.status).toBe(409);
    const free = await server.ask('POST', '/api/v1/people', {
      body: { name: 'Free', role: 'read' },
      headers,
    });
    expect(free.status).toBe(201);
  });

  test('one that is too long is invalid', async () => {
    expect((await once({}, 'k'.repeat(256))).status).toBe(422);
  });
});

test('every write leaves a row in the audit log, newest first, without secrets', async () => {
  const { id, key } = await createKey(['read', 'ingest']);
  await server.ask('DELETE', `/api/v1/keys/${id}`);
  const page = await server.ask('GET', '/api/v1/audit?limit=2');
  const actor = 'key "First key" (nk_test_012…)';
  const state = { name: 'test', prefix: key.slice(0, 11), scopes: ['read', 'ingest'] };
  expect(page.json.items).toMatchObject([
    { actor, action: 'revoke-key', target: id, before: state, after: { ...state, revoked: true } },
    { actor, action: 'create-key', target: id, before: null, after: state },
  ]);
  const next = await server.ask('GET', `/api/v1/audit?limit=500&cursor=${page.json.next_cursor}`);
  expect(next.json.items.at(-1).action).toBe('create-organisation');
  expect(next.json.next_cursor).toBe(null);
  expect(page.text + next.text).not.toContain(key);
  expect((await server.ask('GET', '/api/v1/audit?cursor=x')).status).toBe(422);
});

test('views belong to the one who saved them', async () => {
  const view = { name: 'mine', page: 'sessions', query: 'status=running' };
  const made = await server.ask('POST', '/api/v1/views', { body: view });
  expect(made.json).toMatchObject(view);
  const { key } = await createKey(['read']);
  expect((await server.ask('GET', '/api/v1/views', { key })).json).toEqual({ items: [] });
  const path = `/api/v1/views/${made.json.id}`;
  expect((await server.ask('DELETE', path, { key })).status).toBe(404);
  expect((await server.ask('GET', '/api/v1/views')).json).toEqual({ items: [made.json] });
  expect((await server.ask('DELETE', path)).status).toBe(204);
  expect((await server.ask('GET', '/api/v1/views')).json).toEqual({ items: [] });
});
