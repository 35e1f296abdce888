import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openServer, type TestServer } from '../testing/open-server.ts';
import { error, llm, sessionId, start, tool } from '../testing/records.ts';

const api = '/api/v1/agents';
const nowMs = Date.now();
const iso = (secondsAgo: number) => new Date(nowMs - secondsAgo * 1_000).toISOString();

let server: TestServer;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server.close());

async function ingest(...records: object[]) {
  const answer = await server.ask('POST', '/api/v1/ingest', {
    body: { sent_at: new Date().toISOString(), records },
  });
  expect(answer.json.rejected).toEqual([]);
}

async function get(path: string) {
  const answer = await server.ask('GET', path);
  expect(answer.status).toBe(200);
  return answer.json;
}

const at = (secondsAgo: number) => ({ started_at: iso(secondsAgo), ended_at: iso(secondsAgo) });
const begin = (session: number, agent: string | null, secondsAgo = 60, more: object = {}) =>
  start(session, { agent_id: agent, started_at: iso(secondsAgo), ...more });
const finish = (session: number, secondsAgo: number) => ({
  kind: 'session.end',
  session_id: sessionId(session),
  ended_at: iso(secondsAgo),
});

describe('an agent', () => {
  test('is made by the first session that names it, exactly; none without a name (A1)', async () => {
    await ingest(begin(1, 'Made'), begin(2, 'made'), begin(3, null));
    const { items } = await get(api);
    const found = items.filter(({ id }: { id: string }) => id.toLowerCase() === 'made');
    expect(found).toMatchObject([
      { id: 'Made', name: 'Made', description: null, session_count: 1 },
      { id: 'made', name: 'made', description: null, session_count: 1 },
    ]);
    expect(items.some(({ id }: { id: string }) => id === '')).toBe(false);
  });

  test.each(['.', '..', 'a\nb'])('is not called %j (A1)', async (id) => {
    const { json } = await server.ask('POST', '/api/v1/ingest', {
      body: { records: [begin(900, id)] },
    });
    expect(json.rejected).toMatchObject([{ code: 'invalid' }]);
  });

  test.each(['a/b c?', '😀'.repeat(128), 'näme%41'])('%s is found by its path (A1)', async (id) => {
    await ingest(begin(910 + id.length, id));
    expect((await get(`${api}/${encodeURIComponent(id)}`)).id).toBe(id);
  });

  test('shows the figures of the sessions that started in the range (S12)', async () => {
    await ingest(
      begin(10, 'counted', 7_200),
      llm(10, 10, at(7_100)),
      tool(10, 11, at(7_050)),
      error(10, 12, at(7_040)),
      finish(10, 7_000),
      begin(11, 'counted', 3_000),
      llm(11, 13, at(2_900)),
      finish(11, 2_000),
      begin(12, 'counted', 90 * 86_400),
      finish(12, 90 * 86_400 - 1),
      begin(13, 'counted', 100, { environment: 'staging' }),
    );
    const figures = {
      status: 'active',
      running: 1,
      sessions: 3,
      with_errors: 1,
      cost: 1,
      cost_nano_usd: '1000000000',
      unpriced: 0,
      steps_average: 1,
      duration_p95_ms: 1_000_000,
      active_version: null,
    };
    const from = `from=${iso(86_400)}`;
    const detail = await get(`${api}/counted?${from}`);
    expect(detail).toMatchObject(figures);
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    const { series } = detail;
    expect(series.starts.length).toBe(series.sessions.length);
    expect(sum(series.sessions)).toBe(3);
    expect(sum(series.with_errors)).toBe(1);
    expect(sum(series.cost_nano_usd.map(Number))).toBe(1e9);
    expect(Math.max(...series.duration_p95_ms)).toBe(1_000_000);
    expect(Math.max(...series.steps_average)).toBeGreaterThan(0);
    const { items, starts } = await get(`${api}?${from}`);
    const card = items.find(({ id }: { id: string }) => id === 'counted');
    expect(card).toMatchObject(figures);
    expect(card.series.length).toBe(starts.length);
    expect(sum(card.series)).toBe(3);
    expect(await get(`${api}/counted`)).toMatchObject({ sessions: 4, session_count: 4 });
    const inProduction = await get(`${api}/counted?environment=production`);
    expect(inProduction).toMatchObject({ status: 'active', running: 0, sessions: 3 });
    const months = await get(`${api}/counted?from=${iso(100 * 86_400)}`);
    expect([months.sessions, sum(months.series.sessions)]).toEqual([4, 4]);
    expect(months.series.bucket_ms % 86_400_000).toBe(0);
  });

  test('has the status that fits first (A2)', async () => {
    const status = async (id: string) => (await get(`${api}/${id}`)).status;
    await ingest(begin(20, 'life', 100));
    expect(await status('life')).toBe('active');
    await ingest(finish(20, 50));
    expect(await status('life')).toBe('idle');
    await ingest(begin(21, 'life', 40), error(21, 21, at(30)), finish(21, 20));
    expect(await status('life')).toBe('error');
    const change = (status_override: string | null) =>
      server.ask('PATCH', `${api}/life`, { body: { status_override } });
    expect((await change('shipped')).json).toMatchObject({
      status: 'shipped',
      status_override: 'shipped',
    });
    expect((await change(null)).json).toMatchObject({ status: 'error', status_override: null });
    await server.ask('DELETE', `/api/v1/sessions/${sessionId(20)}`);
    await server.ask('DELETE', `/api/v1/sessions/${sessionId(21)}`);
    expect(await get(`${api}/life`)).toMatchObject({ status: 'new', last_started_at: null });
    await ingest(begin(22, 'silent', 9_000));
    expect(await status('silent')).toBe('stale');
    await ingest(begin(23, 'silent', 8_000), finish(23, 10));
    expect(await status('silent')).toBe('idle');
  });

  test('is edited on its page, audited; archived it leaves the list (A1, A2)', async () => {
    await ingest(begin(30, 'edited'));
    const body = { name: ' Edited ', description: 'Says hello', status_override: 'archived' };
    const changed = await server.ask('PATCH', `${api}/edited`, { body });
    expect(changed.status).toBe(200);
    const after = { ...body, name: 'Edited' };
    expect(changed.json).toMatchObject({ id: 'edited', ...after, status: 'archived' });
    const ids = async (query: string) =>
      (await get(`${api}${query}`)).items.map(({ id }: { id: string }) => id);
    expect(await ids('?limit=500')).not.toContain('edited');
    expect(await ids('?limit=500&include_archived=true')).toContain('edited');
    expect(await get(`${api}/edited`)).toMatchObject(after);
    const [row] = (await get('/api/v1/audit')).items;
    expect(row).toMatchObject({
      action: 'change-agent',
      target: 'edited',
      before: { name: 'edited', description: null, statusOverride: null },
      after: { name: 'Edited', description: 'Says hello', statusOverride: 'archived' },
    });
    const cleared = await server.ask('PATCH', `${api}/edited`, { body: { description: '' } });
    expect(cleared.json).toMatchObject({ name: 'Edited', description: null });
  });

  test.each([
    ['status_override', { status_override: 'idle' }],
    ['name', { name: ' ' }],
    ['nam', { nam: 'x' }],
    ['', {}],
  ])('a change that is wrong at %j is refused', async (path, body) => {
    await ingest(begin(40, 'firm'));
    const refused = await server.ask('PATCH', `${api}/firm`, { body });
    expect(refused.status).toBe(422);
    expect(refused.json.errors[0].path).toBe(path);
  });

  test('nobody has heard of is not found', async () => {
    const detail = 'There is no agent "nobody"';
    expect((await server.ask('GET', `${api}/nobody`)).json).toMatchObject({ status: 404, detail });
    const changed = await server.ask('PATCH', `${api}/nobody`, { body: { name: 'x' } });
    expect(changed.json).toMatchObject({ status: 404, code: 'not_found' });
  });

  test.each([
    'from=2026-02-30T00:00:00Z',
    'status=idle',
    'include_archived=yes',
    'limit=501',
    'limit=0',
  ])('the list refuses %s', async (query) => {
    expect((await server.ask('GET', `${api}?${query}`)).status).toBe(422);
  });
});

test('agents without sessions in an environment are listed where they ran (S10)', async () => {
  await ingest(begin(50, 'there', 60, { environment: 'lab' }));
  const ids = async (environment: string) =>
    (await get(`${api}?limit=500&environment=${environment}`)).items.map(
      ({ id }: { id: string }) => id,
    );
  expect(await ids('lab')).toContain('there');
  expect(await ids('lab,production')).toContain('there');
  expect(await ids('staging')).not.toContain('there');
});
