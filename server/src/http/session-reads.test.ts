import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openServer, type TestServer } from '../testing/open-server.ts';
import {
  end,
  error,
  eventId,
  iso,
  llm,
  numbered,
  sessionId,
  signal,
  start,
  tool,
  trace,
} from '../testing/records.ts';

const hourMs = 3_600_000;
/** On a whole hour, some hours ago: the server's own clock runs here. */
const baseMs = Math.floor(Date.now() / hourMs) * hourMs - 5 * hourMs;

const at = (ms: number) => ({ started_at: iso(baseMs + ms), ended_at: iso(baseMs + ms + 400) });
const begin = (number: number, ms: number, more: object = {}) =>
  start(number, { started_at: iso(baseMs + ms), agent_id: 'router', ...more });

let server: TestServer;

beforeAll(async () => {
  server = await openServer();
  const call = { provider: 'openai', model: 'gpt-5', input_tokens: 1_000, output_tokens: 100 };
  const records = [
    begin(1, 0, { goal: '=HYPERLINK("http://evil")', tags: { team: 'red' }, user_id: 'ann' }),
    llm(1, 1, { ...at(10), ...numbered(1, 1), data: { ...call, cost_usd: 0.000000001 } }),
    llm(1, 2, { ...at(20), ...numbered(1, 2), data: call }),
    llm(1, 3, { ...at(30), ...numbered(1, 3), data: { ...call, model: 'unheard-of' } }),
    tool(1, 4, { ...at(30), ...numbered(1, 4) }),
    error(1, 5, { ...at(40), ...numbered(1, 5) }),
    signal(1, 1),
    signal(1, 2),
    trace(1, 1),
    end(1, 0, { ended_at: iso(baseMs + 60_000), sender: numbered(1, 1).sender, last_seq: 5 }),
    begin(2, 1_000, {
      parent_session_id: sessionId(1),
      agent_id: 'writer',
      goal: 'draft, "quoted"\nreply',
    }),
    llm(2, 6, { ...at(1_100), data: { ...call, cost_usd: 0.25 } }),
    end(2, 0, { ended_at: iso(baseMs + 5_000) }),
    begin(3, hourMs, { environment: 'staging', goal: 'Review the contract' }),
    begin(4, 2 * hourMs, { goal: 'review contracts' }),
  ];
  const { json } = await server.ask('POST', '/api/v1/ingest', {
    body: { records },
  });
  expect(json.rejected).toEqual([]);
});

afterAll(() => server.close());

const get = (path: string) => server.ask('GET', `/api/v1${path}`);
const idsOf = ({ json }: { json: { items: { id: string }[] } }) =>
  json.items.map(({ id }) => Number.parseInt(id.slice(-3), 16));

describe('GET /sessions', () => {
  test('lists rows with money as decimal USD and as whole nano-USD (S6)', async () => {
    const { status, json } = await get('/sessions?agent_id=writer');
    expect(status).toBe(200);
    expect(json).toMatchObject({ next_cursor: null, total_estimate: 1 });
    expect(json.items[0]).toMatchObject({
      id: sessionId(2),
      status: 'done',
      started_at: iso(baseMs + 1_000),
      duration_ms: 4_000,
      total_cost: 0.25,
      total_cost_nano_usd: '250000000',
      parent_session_id: sessionId(1),
      depth: 1,
      tree: null,
      waiting_for: null,
      delivery: { expected: 0, received: 0, incomplete: false },
    });
  });

  test('sums a tree on its root (S9)', async () => {
    const { json } = await get(`/sessions/${sessionId(1)}`);
    expect(json.tree).toMatchObject({ sessions: 2, running: 0, error_count: 1, unpriced_count: 1 });
    const own = BigInt(json.total_cost_nano_usd);
    expect(BigInt(json.tree.total_cost_nano_usd)).toBe(own + 250_000_000n);
    expect(json.delivery).toMatchObject({
      expected: 5,
      received: 5,
      missing: 0,
      incomplete: false,
    });
    expect(json.senders).toMatchObject([{ expected: 5, received: 5, closed: true }]);
    expect(json).toMatchObject({
      agent_name: 'router',
      parent: null,
      signal_count: 2,
      trace_count: 1,
    });
  });

  test('pages by an opaque cursor, newest first, and by every other sort', async () => {
    for (const sort of ['-started_at', 'started_at', 'cost', '-duration', '-errors']) {
      const whole = idsOf(await get(`/sessions?sort=${sort}`));
      const paged: number[] = [];
      let cursor = '';
      do {
        const page = await get(`/sessions?sort=${sort}&limit=1${cursor}`);
        paged.push(...idsOf(page));
        cursor = page.json.next_cursor === null ? '' : `&cursor=${page.json.next_cursor}`;
      } while (cursor !== '');
      expect(paged).toEqual(whole);
      expect(whole.length).toBe(4);
    }
    expect(idsOf(await get('/sessions'))).toEqual([4, 3, 2, 1]);
  });

  test('searches goals, newest arrival first (S11)', async () => {
    expect(idsOf(await get('/sessions?q=REVIEW%20contract'))).toEqual([4, 3]);
    expect(idsOf(await get('/sessions?q=contracts'))).toEqual([4]);
    expect(idsOf(await get(`/sessions?q=${encodeURIComponent('"*:(')}`))).toEqual([]);
    expect(idsOf(await get('/sessions?q=%20'))).toEqual([4, 3, 2, 1]);
  });

  test('with root_only a root stands for its matches', async () => {
    const { json } = await get('/sessions?root_only=true&agent_id=writer');
    expect(json.items).toMatchObject([{ id: sessionId(1), matched_descendants: 1 }]);
    expect(idsOf(await get('/sessions?root_only=true'))).toEqual([4, 3, 1]);
  });

  test.each([
    ['nonsense=1', 'nonsense'],
    ['status=failed', 'status'],
    ['has_errors=yes', 'has_errors'],
    ['min_cost=cheap', 'min_cost'],
    ['min_cost=', 'min_cost'],
    ['max_duration_ms=%20', 'max_duration_ms'],
    ['status=', 'status'],
    ['agent_id=,', 'agent_id'],
    ['from=yesterday', 'from'],
    ['from=2026-02-31T00:00:00Z', 'from'],
    ['tag=red', 'tag'],
    ['parent_session_id=1', 'parent_session_id'],
    ['sort=goal', 'sort'],
    ['limit=501', 'limit'],
    ['limit=0', 'limit'],
    ['limit=', 'limit'],
    ['cursor=abc', 'cursor'],
    ['quiet=1', 'quiet'],
  ])('refuses %s by name, never ignores it', async (query, path) => {
    for (const route of ['/sessions', '/sessions/stats', '/sessions/histogram']) {
      const { status, json } = await get(`${route}?${query}`);
      expect(status, `${route}?${query}`).toBe(422);
      expect(json.code).toBe('invalid');
      expect(json.detail).toContain(route === '/sessions' ? path : '');
    }
  });

  test('refuses a cursor of another sort', async () => {
    const { json } = await get('/sessions?limit=1');
    const { status } = await get(`/sessions?limit=1&sort=cost&cursor=${json.next_cursor}`);
    expect(status).toBe(422);
  });
});

describe('GET /sessions/stats', () => {
  test('gives the tiles with the equal range before (S12)', async () => {
    const from = iso(baseMs + hourMs);
    const { json } = await get(`/sessions/stats?from=${from}&to=${iso(baseMs + 2 * hourMs)}`);
    expect(json.total_sessions).toMatchObject({ value: 1, previous: 2 });
    expect(json.unique_agents).toMatchObject({ value: 1, previous: 2 });
    expect(json.total_cost.value).toBe(0);
    expect(json.total_cost.previous).toBeGreaterThan(0.25);
    expect(json.by_status).toEqual({ running: 1, done: 0, stale: 0 });
    const sum = json.total_sessions.series.reduce((left: number, one: number) => left + one, 0);
    expect(sum).toBe(1);
  });

  test('compares a range that ends now with the equal one before', async () => {
    const { json } = await get(`/sessions/stats?from=${iso(baseMs + hourMs)}`);
    expect(json.total_sessions).toMatchObject({ value: 2, previous: 2 });
    expect((await get('/sessions/stats')).json.total_sessions).toMatchObject({
      value: 4,
      previous: null,
    });
  });

  test('counts what is unpriced and who had errors, with any filter', async () => {
    const { json } = await get('/sessions/stats?tag=team:red');
    expect(json).toMatchObject({ with_errors: 1, by_status: { running: 0, done: 1, stale: 0 } });
    expect(json.total_cost).toMatchObject({ unpriced: 1, incomplete: 0 });
  });
});

describe('GET /sessions/histogram', () => {
  test('shows every bucket, empty ones too, on multiples of its width', async () => {
    const range = `from=${iso(baseMs)}&to=${iso(baseMs + 3 * hourMs)}`;
    const { json } = await get(`/sessions/histogram?${range}&bucket=3600`);
    expect(json.bucket_ms).toBe(hourMs);
    expect(json.buckets).toEqual([
      { start: iso(baseMs), done: 2, stale: 0, running: 0, with_errors: 1 },
      { start: iso(baseMs + hourMs), done: 0, stale: 0, running: 1, with_errors: 0 },
      { start: iso(baseMs + 2 * hourMs), done: 0, stale: 0, running: 1, with_errors: 0 },
    ]);
  });

  test.each([1, 7, 24, 168, 720, 8_760])('chooses at most 64 bars for %i hours', async (hours) => {
    const from = iso(baseMs + 3 * hourMs - hours * hourMs);
    const { json } = await get(`/sessions/histogram?from=${from}&to=${iso(baseMs + 3 * hourMs)}`);
    expect(json.buckets.length).toBeGreaterThan(20);
    expect(json.buckets.length).toBeLessThanOrEqual(65);
  });
});

describe('the parts of a session', () => {
  const path = `/sessions/${sessionId(1)}`;

  test('/tree and /children hold what lies below it (S9)', async () => {
    const { json } = await get(`${path}/tree`);
    expect(idsOf({ json })).toEqual([1, 2]);
    expect(json).toMatchObject({ root: sessionId(1), truncated: false });
    expect(json.items[0].hidden_descendants).toBe(0);
    expect(idsOf(await get(`${path}/children`))).toEqual([2]);
    expect((await get(`${path}/tree?depth=11`)).status).toBe(422);
  });

  test('/events pages by position and by time', async () => {
    const first = await get(`${path}/events?limit=3`);
    expect(first.json.items.map((one: { event_id: string }) => one.event_id)).toEqual(
      [1, 2, 3].map(eventId),
    );
    const rest = await get(`${path}/events?limit=3&after=${first.json.next_after}`);
    expect(rest.json.items.map((one: { type: string }) => one.type)).toEqual(['tool', 'error']);
    expect(rest.json.next_after).toBeNull();
    const early = await get(`${path}/events?order=time&limit=4&content=none`);
    expect(early.json.items[0]).not.toHaveProperty('data');
    const late = await get(
      `${path}/events?order=time&limit=4&content=none&cursor=${early.json.next_cursor}`,
    );
    expect(late.json.items).toMatchObject([{ event_id: eventId(5), brief: 'took too long' }]);
    expect((await get(`${path}/events?types=error&q=LONG`)).json.items.length).toBe(1);
    expect((await get(`${path}/events?types=thought`)).status).toBe(422);
  });

  test('/events/{id} takes its cost apart (C1)', async () => {
    const { json } = await get(`${path}/events/${eventId(2)}`);
    const { cost_detail: cost } = json;
    expect(cost.source).toBe('computed');
    const classes = Object.values<string>(cost.classes).reduce((sum, one) => sum + BigInt(one), 0n);
    expect(String(classes)).toBe(cost.cost_nano_usd);
    expect(cost.price).toMatchObject({ provider: 'openai', model: 'gpt-5' });
    const unpriced = await get(`${path}/events/${eventId(3)}`);
    expect(unpriced.json).toMatchObject({ cost: null, cost_source: 'unpriced' });
  });

  test('/cost adds up to the session, unpriced calls listed (C1, S6)', async () => {
    const { json } = await get(`${path}/cost`);
    const sum = (rows: { cost_nano_usd: string }[]) =>
      String(rows.reduce((left, row) => left + BigInt(row.cost_nano_usd), 0n));
    expect(sum(json.by_model)).toBe(json.total_cost_nano_usd);
    expect(json.unpriced).toMatchObject([{ event_id: eventId(3), model: 'unheard-of' }]);
    expect(json.by_source.map((row: { source: string }) => row.source)).toEqual([
      'computed',
      'reported',
      'unpriced',
    ]);
    expect(json.tree.sessions).toBe(2);
  });

  test('/signals and /traces are paged', async () => {
    const first = await get(`${path}/signals?limit=1`);
    const second = await get(`${path}/signals?limit=1&cursor=${first.json.next_cursor}`);
    expect(idsOf(first).concat(idsOf(second))).toEqual([2, 1]);
    expect(second.json.next_cursor).toBeNull();
    expect((await get(`${path}/traces`)).json.items).toMatchObject([
      { action: 'warn', decided_by: ['sdk'], enforced: true },
    ]);
    expect(idsOf(await get('/signals'))).toEqual([2, 1]);
  });

  test('/signals are filtered by type, subtype, agent, environment and range (G2)', async () => {
    const found = async (query: string) => idsOf(await get(`/signals?${query}`));
    const [newest] = (await get('/signals')).json.items;
    expect(await found(`type=${newest.type},guardrail&environment=production`)).toEqual([2, 1]);
    expect(await found('type=guardrail')).toEqual([]);
    expect(await found(`without_subtype=policy_triggered,${newest.subtype}`)).toEqual([]);
    expect(await found('without_subtype=policy_triggered')).toEqual([2, 1]);
    expect(await found('agent_id=nobody')).toEqual([]);
    expect(await found(`from=${newest.occurred_at}`)).toEqual([2, 1]);
    expect(await found(`to=${newest.occurred_at}`)).toEqual([]);
    expect((await get('/signals?severity=info')).json).toMatchObject({
      code: 'invalid',
      errors: [{ path: 'severity' }],
    });
  });

  test('a session that is not known has none of them', async () => {
    for (const part of [
      '',
      '/tree',
      '/children',
      '/events',
      '/cost',
      '/signals',
      '/traces',
      `/events/${eventId(1)}`,
    ]) {
      const { status, json } = await get(`/sessions/${sessionId(99)}${part}`);
      expect([status, json.code], part).toEqual([404, 'not_found']);
    }
  });
});

describe('GET /sessions/export', () => {
  test('writes CSV that no spreadsheet takes for a formula, columns as asked', async () => {
    const { text, headers } = await get('/sessions/export?format=csv&columns=goal,id,total_cost');
    expect(headers.get('content-disposition')).toContain('attachment');
    const head = text.slice(0, text.indexOf('\r\n'));
    expect(head).toBe('goal,id,total_cost,incomplete');
    expect(text).toContain(`"'=HYPERLINK(""http://evil"")",${sessionId(1)}`);
    expect(text).toContain(`"draft, ""quoted""\nreply",${sessionId(2)},0.25,false`);
    expect(text.trimEnd().split('\r\n').length).toBe(5);
  });

  test('writes JSON lines in the order and with the filter asked for', async () => {
    const { text } = await get(
      '/sessions/export?format=jsonl&columns=id,goal&sort=started_at&agent_id=router',
    );
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ id }) => id)).toEqual([1, 3, 4].map(sessionId));
    expect(Object.keys(lines[0])).toEqual(['id', 'goal']);
  });

  test.each(['format=xml', 'format=csv&columns=secret', 'format=csv&nonsense=1', ''])(
    'refuses %s',
    async (query) => {
      expect((await get(`/sessions/export?${query}`)).status).toBe(422);
    },
  );
});

test('GET /environments and /agents list what was seen (S10, A1)', async () => {
  expect((await get('/environments')).json.items).toEqual(['production', 'staging']);
  const first = await get('/agents?limit=1');
  expect(first.json.items).toMatchObject([{ id: 'router', name: 'router', session_count: 3 }]);
  const second = await get(`/agents?limit=1&cursor=${first.json.next_cursor}`);
  expect(second.json).toMatchObject({ items: [{ id: 'writer' }], next_cursor: null });
});
