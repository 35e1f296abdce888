import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openServer, type TestServer } from '../testing/open-server.ts';
import { signal } from '../testing/records.ts';

let server: TestServer;
let signals = 0;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server.close());

/** A person who signed in, by what a browser sends for them. */
async function person(name: string) {
  const invited = await server.ask('POST', '/api/v1/people', { body: { name, role: 'read' } });
  const body = { token: new URL(invited.json.link).searchParams.get('token') };
  const answer = await server.ask('POST', '/api/v1/session', { key: null, body });
  expect(answer.status).toBe(200);
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  return { key: null, headers: { cookie, origin: server.url } };
}

async function send(count: number): Promise<void> {
  const records = Array.from({ length: count }, () => {
    signals += 1;
    return signal(null, signals, { occurred_at: new Date().toISOString() });
  });
  const { json } = await server.ask('POST', '/api/v1/ingest', { body: { records } });
  expect(json.rejected).toEqual([]);
}

describe('unread signals (G2)', () => {
  test('are counted for each person, until they say that they have read them', async () => {
    const [ada, bob] = [await person('Ada'), await person('Bob')];
    await send(3);
    const unread = async (who: object) => (await server.ask('GET', '/api/v1/signals', who)).json;
    expect(await unread(ada)).toMatchObject({ unread: 3, read_until: expect.stringMatching(/Z$/) });
    const until = new Date().toISOString();
    const read = await server.ask('POST', '/api/v1/signals/read', { ...ada, body: { until } });
    expect([read.status, read.json]).toEqual([200, { unread: 0, read_until: until }]);
    await send(1);
    expect(await unread(ada)).toMatchObject({ unread: 1, read_until: until });
    expect(await unread(bob)).toMatchObject({ unread: 4, read_until: expect.stringMatching(/Z$/) });
    const [row] = (await server.ask('GET', '/api/v1/audit')).json.items;
    expect(row).toMatchObject({
      action: 'mark-signals-read',
      actor: 'person "Ada"',
      after: { until },
    });
  });

  test('a mark never goes back, nor beyond the present', async () => {
    const eve = await person('Eve');
    const mark = async (until: string) =>
      (await server.ask('POST', '/api/v1/signals/read', { ...eve, body: { until } })).json;
    const far = await mark('2999-01-01T00:00:00Z');
    expect(Date.parse(far.read_until)).toBeLessThanOrEqual(Date.now());
    expect(await mark('2020-01-01T00:00:00Z')).toEqual(far);
    await send(1);
    expect((await server.ask('GET', '/api/v1/signals?limit=1', eve)).json.unread).toBe(1);
  });

  test.each([{}, { until: 'now' }, { until: '2026-02-30T00:00:00Z' }])(
    'refuses %j',
    async (body) => {
      const who = await person(`Who ${JSON.stringify(body)}`);
      const refused = await server.ask('POST', '/api/v1/signals/read', { ...who, body });
      expect([refused.status, refused.json.errors[0].path]).toEqual([422, 'until']);
    },
  );

  test('a key is no person: it has no count and no mark', async () => {
    const list = await server.ask('GET', '/api/v1/signals');
    expect(list.json).toMatchObject({ unread: null, read_until: null });
    const body = { until: new Date().toISOString() };
    const refused = await server.ask('POST', '/api/v1/signals/read', { body });
    expect(refused.json).toMatchObject({ status: 403, code: 'forbidden' });
    expect(refused.json.detail).toContain('sign in by a link');
  });
});
