import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openServer, type TestServer } from '../testing/open-server.ts';
import { rawStatus } from '../testing/raw-request.ts';

let server: TestServer;

beforeAll(async () => {
  server = await openServer({
    NIITAKA_PUBLIC_URL: 'https://ops.example.com/niitaka',
    NIITAKA_TRUSTED_PROXIES: '127.0.0.1',
  });
});

afterAll(() => server.close());

describe('behind a proxy, under NIITAKA_PUBLIC_URL', () => {
  test('the API answers under the base path, and without it', async () => {
    expect((await server.ask('GET', '/niitaka/api/v1/session')).json.public_url).toBe(
      'https://ops.example.com/niitaka',
    );
    expect((await server.ask('GET', '/api/v1/session')).status).toBe(200);
    expect((await server.ask('GET', '/niitakax/api/v1/session', { key: null })).status).not.toBe(
      401,
    );
  });

  test('cookies are Secure and of the base path; links lead to the public address', async () => {
    const signedIn = await server.ask('POST', '/niitaka/api/v1/session', {
      key: null,
      body: { key: server.key },
    });
    expect(signedIn.headers.get('set-cookie')).toMatch(
      /; Path=\/niitaka\/; HttpOnly; SameSite=Lax; Secure; /,
    );
    const invited = await server.ask('POST', '/api/v1/people', {
      body: { name: 'Ada', role: 'read' },
    });
    expect(invited.json.link).toMatch(/^https:\/\/ops\.example\.com\/niitaka\/sign-in\?token=/);
  });

  test('the public host is known, others are not; the origin is the public one', async () => {
    const cookie = `niitaka_session=${'x'.repeat(43)}`;
    const status = (headers: Record<string, string>) =>
      rawStatus(server.url, '/api/v1/session', { cookie, ...headers });
    expect(await status({ host: 'ops.example.com' })).toBe(401);
    expect(await status({ host: 'evil.example.com' })).toBe(403);
    expect(await status({ host: '127.0.0.1', 'x-forwarded-host': 'ops.example.com' })).toBe(401);
    expect(await status({ host: '127.0.0.1', 'x-forwarded-host': 'evil.example.com' })).toBe(403);
    const origin = 'https://ops.example.com';
    expect(await status({ host: '127.0.0.1', origin })).toBe(401);
    expect(await status({ host: '127.0.0.1', origin: 'https://evil.example.com' })).toBe(403);
  });

  test('/metrics needs no key from loopback, and one when somebody is forwarded', async () => {
    expect(await rawStatus(server.url, '/metrics', {})).toBe(200);
    const forwarded = { 'x-forwarded-for': '203.0.113.9' };
    expect(await rawStatus(server.url, '/metrics', forwarded)).toBe(401);
    expect(await rawStatus(server.url, '/metrics', { ...forwarded, 'x-api-key': server.key })).toBe(
      200,
    );
    expect(await rawStatus(server.url, '/metrics', { host: 'rebound.example' })).toBe(403);
    const wrong = { authorization: 'Bearer nk_wrong' };
    expect(await rawStatus(server.url, '/metrics', wrong)).toBe(401);
  });
});
