import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openServer, type TestServer } from '../testing/open-server.ts';
import { llm, start } from '../testing/records.ts';

const guard = {
  name: 'loop guard',
  type: 'step_limit',
  condition: { steps_exceeded: 40 },
  action: { type: 'abort' },
};
const api = '/api/v1/policies';

let server: TestServer;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server.close());

async function create(fields: object = {}) {
  const made = await server.ask('POST', api, { body: { ...guard, ...fields } });
  expect(made.status).toBe(201);
  return made.json;
}

async function audited(target: string): Promise<object[]> {
  const { json } = await server.ask('GET', '/api/v1/audit');
  return json.items.filter((row: { target: string }) => row.target === target);
}

describe('policies (P1)', () => {
  test('POST makes one with its defaults at revision 1, audited', async () => {
    const made = await create();
    const whole = {
      ...guard,
      id: made.id,
      revision: 1,
      agent_id: null,
      environment: null,
      priority: 0,
      scope: 'session',
      mode: 'enforce',
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
    };
    expect(made).toEqual(whole);
    const list = await server.ask('GET', api);
    expect(list.json.items).toContainEqual({ ...whole, hits_7d: 0 });
    expect(await audited(made.id)).toMatchObject([{ action: 'create-policy', before: null }]);
  });

  test.each([
    ['condition.hour', { condition: { steps_exceeded: 4, hour: 3 } }],
    ['condition.steps_exceeded', { condition: { steps_exceeded: -1 } }],
    ['action.type', { action: { type: 'explode' } }],
    ['mode', { mode: 'dry' }],
    ['priorty', { priorty: 3 }],
    ['type', { type: 'speed_limit' }],
  ])('POST refuses what is wrong at %s', async (path, fields) => {
    const refused = await server.ask('POST', api, { body: { ...guard, ...fields } });
    expect(refused.status).toBe(422);
    expect(refused.json.errors[0].path).toBe(path);
  });

  test('PATCH changes what is named, under the next revision', async () => {
    const { id } = await create({ agent_id: 'alpha' });
    const body = { revision: 1, mode: 'shadow', agent_id: null };
    const changed = await server.ask('PATCH', `${api}/${id}`, { body });
    expect(changed.status).toBe(200);
    expect(changed.json).toMatchObject({ ...guard, revision: 2, mode: 'shadow', agent_id: null });
    const [change] = await audited(id);
    expect(change).toMatchObject({
      action: 'change-policy',
      before: { mode: 'enforce', agentId: 'alpha' },
      after: { mode: 'shadow', agentId: null },
    });
  });

  test('PATCH over a revision that is gone is a conflict that carries the current one', async () => {
    const { id } = await create();
    await server.ask('PATCH', `${api}/${id}`, { body: { revision: 1, priority: 7 } });
    const late = await server.ask('PATCH', `${api}/${id}`, { body: { revision: 1, priority: 8 } });
    expect(late.status).toBe(409);
    expect(late.json.code).toBe('conflict');
    expect(late.json.detail).toBe(`Cannot change policy ${id}: revision 1 was read, 2 stands`);
    expect(late.json.current).toMatchObject({ id, revision: 2, priority: 7 });
  });

  test('of two changes at once one is a conflict', async () => {
    const { id } = await create();
    const change = (priority: number) =>
      server.ask('PATCH', `${api}/${id}`, { body: { revision: 1, priority } });
    const both = await Promise.all([change(1), change(2)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });

  test('PATCH refuses content that does not fit the type, by its path', async () => {
    const { id } = await create();
    const body = { revision: 1, condition: { cost_exceeded: 1 } };
    const refused = await server.ask('PATCH', `${api}/${id}`, { body });
    expect(refused.status).toBe(422);
    expect(refused.json.errors[0].path).toBe('condition.steps_exceeded');
  });

  test('DELETE with the revision that was read deletes no other (P1)', async () => {
    const { id } = await create();
    await server.ask('PATCH', `${api}/${id}`, { body: { revision: 1, priority: 7 } });
    const late = await server.ask('DELETE', `${api}/${id}?revision=1`);
    expect([late.status, late.json.code]).toEqual([409, 'conflict']);
    expect(late.json.detail).toBe(`Cannot delete policy ${id}: revision 1 was read, 2 stands`);
    expect(late.json.current).toMatchObject({ id, revision: 2, priority: 7 });
    for (const query of ['revision=two', 'revision=1.5', 'revison=2']) {
      expect((await server.ask('DELETE', `${api}/${id}?${query}`)).status).toBe(422);
    }
    expect((await server.ask('DELETE', `${api}/${id}?revision=2`)).status).toBe(204);
  });

  test('DELETE removes it; its revisions stay readable', async () => {
    const { id } = await create();
    await server.ask('PATCH', `${api}/${id}`, { body: { revision: 1, mode: 'off' } });
    expect((await server.ask('DELETE', `${api}/${id}`)).status).toBe(204);
    expect((await server.ask('DELETE', `${api}/${id}`)).status).toBe(404);
    expect((await server.ask('PATCH', `${api}/${id}`, { body: { revision: 2 } })).status).toBe(404);
    const { json } = await server.ask('GET', `${api}/${id}/revisions`);
    expect(json.items).toMatchObject([
      { revision: 3, policy: null },
      { revision: 2, policy: { id, revision: 2, mode: 'off' } },
      { revision: 1, policy: { id, revision: 1, mode: 'enforce' } },
    ]);
    expect((await audited(id))[0]).toMatchObject({ action: 'delete-policy', after: null });
  });

  test('GET says how often each acted in 7 days, or would have in shadow (P7)', async () => {
    const limit = { condition: { steps_exceeded: 1 }, agent_id: 'hit' };
    const [acts, shadow, rests] = [
      await create(limit),
      await create({ ...limit, mode: 'shadow' }),
      await create({ condition: { steps_exceeded: 9 }, agent_id: 'hit' }),
    ];
    await server.ask('POST', '/api/v1/ingest', {
      body: { records: [start(70, { agent_id: 'hit' }), llm(70, 701)] },
    });
    const { items } = (await server.ask('GET', api)).json;
    const hits = new Map(
      items.map((one: { id: string; hits_7d: number }) => [one.id, one.hits_7d]),
    );
    expect([acts, shadow, rests].map(({ id }) => hits.get(id))).toEqual([1, 1, 0]);
  });

  test('an unknown policy has no revisions', async () => {
    expect((await server.ask('GET', `${api}/none/revisions`)).status).toBe(404);
  });

  test('an Idempotency-Key makes it once', async () => {
    const more = { body: guard, headers: { 'idempotency-key': 'once' } };
    const [one, other] = [await server.ask('POST', api, more), await server.ask('POST', api, more)];
    expect(other.json).toEqual(one.json);
  });
});

describe('the snapshot (P5)', () => {
  const snapshot = (query: string, headers: Record<string, string> = {}) =>
    server.ask('GET', `/api/v1/snapshot?${query}`, { headers });

  test('holds what is for the agent and environment, in the order of asking (P3)', async () => {
    const ids = [
      await create({ agent_id: 'snap', environment: 'lab', priority: 100 }),
      await create({ agent_id: 'snap', priority: 200 }),
      await create({ agent_id: 'other', priority: 300 }),
      await create({ agent_id: 'snap', environment: 'elsewhere', priority: 400 }),
      await create({ agent_id: 'snap', mode: 'off', priority: 500 }),
    ].map(({ id }) => id);
    const { json } = await snapshot('agent_id=snap&environment=lab');
    const found = json.policies.filter(({ priority }: { priority: number }) => priority >= 100);
    expect(found.map(({ id }: { id: string }) => id)).toEqual([ids[1], ids[0]]);
    expect(json.config).toEqual({ llm: {}, sources: {} });
    const unseen = await snapshot('agent_id=unseen');
    expect(unseen.json.policies.every((one: { agent_id: null }) => one.agent_id === null)).toBe(
      true,
    );
  });

  test('is answered with 304 until a policy changes', async () => {
    const { id } = await create({ agent_id: 'tagged' });
    const first = await snapshot('agent_id=tagged');
    const etag = first.headers.get('etag') ?? '';
    const same = await snapshot('agent_id=tagged', { 'if-none-match': etag });
    expect([same.status, same.text]).toEqual([304, '']);
    await server.ask('PATCH', `${api}/${id}`, { body: { revision: 1, priority: 3 } });
    const next = await snapshot('agent_id=tagged', { 'if-none-match': etag });
    expect(next.status).toBe(200);
    expect(next.json.revision).toBe(first.json.revision + 1);
  });

  test('refuses a query that it does not know', async () => {
    expect((await snapshot('agent=snap')).status).toBe(422);
  });

  test('carries the prices of the models that were used, as calls named them (C1, P5)', async () => {
    expect((await snapshot('agent_id=priced')).json.prices).toEqual([]);
    const call = { provider: 'openai', input_tokens: 1_000, output_tokens: 100 };
    await server.ask('POST', '/api/v1/ingest', {
      body: {
        records: [
          start(1),
          llm(1, 1, { data: { ...call, model: 'gpt-5' } }),
          llm(1, 2, { data: { ...call, model: 'unheard-of' } }),
          llm(1, 3, { data: { ...call, model: 'o3', cost_usd: 0.1 } }),
        ],
      },
    });
    const { prices } = (await snapshot('agent_id=priced')).json;
    expect(prices).toEqual([
      expect.objectContaining({
        provider: 'openai',
        model: 'gpt-5',
        input: expect.stringMatching(/^[\d.]+$/),
        output: expect.stringMatching(/^[\d.]+$/),
      }),
    ]);
  });

  test('its revision moves when a model is used for the first time (P5, wire)', async () => {
    const call = { provider: 'openai', model: 'gpt-5-mini', input_tokens: 9, output_tokens: 9 };
    const before = (await snapshot('agent_id=first')).json.revision;
    const ask = (records: object[]) => server.ask('POST', '/api/v1/ingest', { body: { records } });
    await ask([start(2), llm(2, 11, { data: call })]);
    const after = (await snapshot('agent_id=first')).json.revision;
    expect(after).toBeGreaterThan(before);
    const next = await ask([llm(2, 12, { data: call })]);
    expect(next.json.sessions[0].policy_revision).toBe(after);
    expect((await snapshot('agent_id=first')).json.revision).toBe(after);
  });

  test('carries the prices of models that its policies and its version name, before any call (P5, wire)', async () => {
    const named = async () => {
      const { prices } = (await snapshot('agent_id=namer&environment=named')).json;
      return prices.flatMap(({ model, provider }: { model: string; provider: string }) =>
        ['claude-sonnet-4-5', 'gpt-4.1', 'o4-mini'].includes(model) ? [[provider, model]] : [],
      );
    };
    const fallback = {
      type: 'fallback',
      environment: 'named',
      condition: {},
      action: { fallback_model: 'claude-sonnet-4-5' },
    };
    expect(await named()).toEqual([]);
    await create(fallback);
    await create({ ...fallback, action: { fallback_model: 'nobody-sells-this' } });
    await create({ ...fallback, environment: 'other', action: { fallback_model: 'o4-mini' } });
    expect(await named()).toEqual([['anthropic', 'claude-sonnet-4-5']]);
    const records = [start(3, { agent_id: 'namer' })];
    await server.ask('POST', '/api/v1/ingest', { body: { records } });
    const versions = '/api/v1/agents/namer/versions';
    const guardrails = { fallback: { fallback_model: 'o4-mini' } };
    await server.ask('POST', versions, { body: { model: 'gpt-4.1', guardrails } });
    const before = (await snapshot('agent_id=namer')).json.revision;
    await server.ask('POST', `${versions}/1/activate`);
    expect((await snapshot('agent_id=namer')).json.revision).toBe(before + 1);
    expect(await named()).toEqual([
      ['openai', 'gpt-4.1'],
      ['anthropic', 'claude-sonnet-4-5'],
      ['openai', 'o4-mini'],
    ]);
  });
});

describe('who may (O2)', () => {
  test('reading, changing and the snapshot each want their scope', async () => {
    const keyOf = async (scope: string) => {
      const body = { name: scope, scopes: [scope] };
      return (await server.ask('POST', '/api/v1/keys', { body })).json.key as string;
    };
    const [ingest, read] = [await keyOf('ingest'), await keyOf('read')];
    const status = async (method: string, path: string, key: string) =>
      (await server.ask(method, path, { key, ...(method === 'POST' ? { body: guard } : {}) }))
        .status;
    expect(await status('GET', api, read)).toBe(200);
    expect(await status('GET', api, ingest)).toBe(403);
    expect(await status('POST', api, read)).toBe(403);
    expect(await status('GET', '/api/v1/snapshot', ingest)).toBe(200);
    expect(await status('GET', '/api/v1/snapshot', read)).toBe(403);
  });
});
