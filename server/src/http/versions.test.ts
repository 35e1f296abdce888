import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openServer, type TestServer } from '../testing/open-server.ts';
import { sessionId, start, tool } from '../testing/records.ts';

let server: TestServer;
let sessions = 0;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server.close());

/** Makes an agent by its first session. */
async function agent(id: string): Promise<string> {
  sessions += 1;
  const records = [start(sessions, { agent_id: id, started_at: new Date().toISOString() })];
  await server.ask('POST', '/api/v1/ingest', { body: { records } });
  return `/api/v1/agents/${id}/versions`;
}

async function create(path: string, body: object = {}) {
  const made = await server.ask('POST', path, { body });
  expect(made.status).toBe(201);
  return made.json;
}

async function activate(path: string, number: number) {
  const done = await server.ask('POST', `${path}/${number}/activate`);
  expect(done.status).toBe(200);
  return done.json;
}

async function get(path: string) {
  return (await server.ask('GET', path)).json;
}

const config = (id: string) => get(`/api/v1/runtime-config?agent_id=${id}`);
const snapshot = (id: string) => get(`/api/v1/snapshot?agent_id=${id}`);

const whole = {
  model: 'gpt-5',
  temperature: 0.2,
  max_tokens: 500,
  system_prompt: 'Be kind.\nBe brief.',
  guardrails: {
    cost_limit_usd: 0.5,
    max_steps: 40,
    retry: { on_errors: ['rate_limit'], max_retries: 3 },
    fallback: { fallback_model: 'gpt-5-mini' },
  },
};

describe('versions (A3)', () => {
  test('are numbered 1, 2, 3 per agent, drafts at first, the newest first', async () => {
    const path = await agent('numbered');
    const first = await create(path, whole);
    expect(first).toEqual({
      ...whole,
      number: 1,
      revision: 1,
      state: 'draft',
      author: expect.stringMatching(/^key /),
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      activated_at: null,
    });
    const second = await create(path);
    const nothing = { model: null, temperature: null, max_tokens: null, system_prompt: null };
    expect(second).toMatchObject({ number: 2, ...nothing, guardrails: {} });
    expect(await create(await agent('elsewhere'))).toMatchObject({ number: 1 });
    expect(await get(path)).toEqual({ items: [second, first] });
  });

  test('a draft changes field by field, audited; null takes a field away', async () => {
    const path = await agent('edited');
    await create(path, whole);
    const body = { revision: 1, model: null, guardrails: { max_steps: 9, retry: null } };
    const changed = await server.ask('PATCH', `${path}/1`, { body });
    expect(changed.status).toBe(200);
    expect(changed.json).toMatchObject({ ...whole, model: null, guardrails: { max_steps: 9 } });
    expect(changed.json.guardrails).toEqual({ max_steps: 9 });
    const [row] = (await get('/api/v1/audit')).items;
    expect(row).toMatchObject({
      action: 'change-version',
      target: 'edited:1',
      before: { model: 'gpt-5' },
      after: { model: null, guardrails: { max_steps: 9 } },
    });
  });

  test('a change over a revision that is gone is a conflict that carries the current one (A3)', async () => {
    const path = await agent('shared');
    await create(path, { model: 'one' });
    const change = (body: object) => server.ask('PATCH', `${path}/1`, { body });
    const first = await change({ revision: 1, model: 'two' });
    expect(first.json).toMatchObject({ revision: 2, model: 'two' });
    const late = await change({ revision: 1, temperature: 1 });
    expect([late.status, late.json.code]).toEqual([409, 'conflict']);
    expect(late.json.detail).toBe('Cannot change version 1: revision 1 was read, 2 stands');
    expect(late.json.current).toEqual(first.json);
    const blind = await change({ model: 'three' });
    expect([blind.status, blind.json.errors[0].path]).toEqual([422, 'revision']);
    const nothing = await change({ revision: 2 });
    expect(nothing.status).toBe(422);
    const both = await Promise.all([
      change({ revision: 2, model: 'three' }),
      change({ revision: 2, model: 'four' }),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });

  test('one is active; another archives it, and an archived one comes back (roll-back)', async () => {
    const path = await agent('rolled');
    for (const model of ['one', 'two', 'three']) await create(path, { model });
    const states = async () =>
      (await get(path)).items.map(({ state }: { state: string }) => state).toReversed();
    expect(await activate(path, 1)).toMatchObject({ number: 1, state: 'active', model: 'one' });
    expect(await states()).toEqual(['active', 'draft', 'draft']);
    await activate(path, 2);
    expect(await states()).toEqual(['archived', 'active', 'draft']);
    await activate(path, 1);
    expect(await states()).toEqual(['active', 'archived', 'draft']);
    expect((await get('/api/v1/agents/rolled')).active_version).toBe(1);
    const [row] = (await get('/api/v1/audit')).items;
    expect(row).toMatchObject({
      action: 'activate-version',
      target: 'rolled:1',
      before: { active: 2 },
      after: { active: 1 },
    });
    const { revision } = await snapshot('rolled');
    await activate(path, 1);
    expect((await snapshot('rolled')).revision).toBe(revision);
  });

  test('what was ever active does not change (409)', async () => {
    const path = await agent('firm');
    for (const model of ['one', 'two']) await create(path, { model });
    await activate(path, 1);
    const body = { revision: 1, model: 'other' };
    const change = () => server.ask('PATCH', `${path}/1`, { body });
    const found = await change();
    expect(found.status).toBe(409);
    expect(found.json.detail).toBe(
      'Cannot change version 1: it is active, and only a draft may change',
    );
    await activate(path, 2);
    expect((await change()).status).toBe(409);
    expect((await get(path)).items[1]).toMatchObject({ number: 1, model: 'one' });
  });

  test('of two activations at once both hold, and one version is active', async () => {
    const path = await agent('twice');
    await create(path);
    await create(path);
    const both = await Promise.all(
      [1, 2].map((number) => server.ask('POST', `${path}/${number}/activate`)),
    );
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    const items: { state: string }[] = (await get(path)).items;
    expect(items.map(({ state }) => state).toSorted()).toEqual(['active', 'archived']);
  });

  test('made at once they take different numbers', async () => {
    const path = await agent('crowd');
    const made = await Promise.all(Array.from({ length: 5 }, () => create(path)));
    expect(made.map(({ number }) => number).toSorted()).toEqual([1, 2, 3, 4, 5]);
  });

  test.each([
    ['temperature', { temperature: 2.1 }],
    ['max_tokens', { max_tokens: 0 }],
    ['model', { model: ' ' }],
    ['system_prompt', { system_prompt: 'é'.repeat(32_769) }],
    ['modle', { modle: 'x' }],
    ['model', { model: 'half \ud83d' }],
    ['system_prompt', { system_prompt: 'half \udc00' }],
    ['guardrails.cost_limit_usd', { guardrails: { cost_limit_usd: 1e-12 } }],
    ['guardrails.max_steps', { guardrails: { max_steps: -1 } }],
    ['guardrails.cost_limit_usd', { guardrails: { cost_limit_usd: 'much' } }],
    ['guardrails.retry.max_retries', { guardrails: { retry: { max_retries: 11 } } }],
    ['guardrails.fallback.fallback_model', { guardrails: { fallback: {} } }],
    ['guardrails.cost', { guardrails: { cost: 1 } }],
  ])('what is wrong at %s is refused with its path', async (where, body) => {
    const path = await agent('strict');
    const refused = await server.ask('POST', path, { body });
    expect([refused.status, refused.json.errors[0].path]).toEqual([422, where]);
    await create(path);
    const change = await server.ask('PATCH', `${path}/1`, { body: { revision: 1, ...body } });
    expect([change.status, change.json.errors[0].path]).toEqual([422, where]);
  });

  test('of an agent or under a number that is not there are not found', async () => {
    const path = await agent('known');
    const nobody = '/api/v1/agents/nobody/versions';
    const asked: [string, string, object?][] = [
      ['GET', nobody],
      ['POST', nobody, {}],
      ['PATCH', `${path}/7`, { revision: 1, model: 'x' }],
      ['PATCH', `${path}/x`, { revision: 1, model: 'x' }],
      ['POST', `${path}/0/activate`],
      ['POST', `${path}/99999999999999999999/activate`],
    ];
    for (const [method, where, body] of asked) {
      const answer = await server.ask(method, where, body === undefined ? {} : { body });
      expect([where, answer.status]).toEqual([where, 404]);
    }
    expect(await get(path)).toEqual({ items: [] });
  });

  test('an Idempotency-Key makes one once', async () => {
    const path = await agent('once');
    const more = { body: whole, headers: { 'idempotency-key': 'version' } };
    const [one, other] = [
      await server.ask('POST', path, more),
      await server.ask('POST', path, more),
    ];
    expect(other.json).toEqual(one.json);
    expect((await get(path)).items.length).toBe(1);
  });
});

describe('the runtime config (A4)', () => {
  test('is what the active version sets, each field with its source', async () => {
    const path = await agent('configured');
    const nothing = { agent_id: 'configured', llm: {}, sources: {}, version: null };
    expect(await config('configured')).toEqual(nothing);
    expect(await config('unheard-of')).toEqual({ ...nothing, agent_id: 'unheard-of' });
    await create(path, { model: 'gpt-5', temperature: 0 });
    expect(await config('configured')).toEqual(nothing);
    await activate(path, 1);
    const llm = { model: 'gpt-5', temperature: 0 };
    const sources = { model: 'version:1', temperature: 'version:1' };
    expect(await config('configured')).toEqual({
      agent_id: 'configured',
      llm,
      sources,
      version: 1,
    });
    expect((await snapshot('configured')).config).toEqual({ llm, sources });
    expect((await snapshot('other')).config).toEqual({ llm: {}, sources: {} });
  });

  test.each(['', 'agent_id=', 'agent_id=a&agent=b'])('refuses %j', async (query) => {
    expect((await server.ask('GET', `/api/v1/runtime-config?${query}`)).status).toBe(422);
  });

  test("the snapshot carries the guardrails beside the organisation's policies (A4, P7)", async () => {
    const path = await agent('guarded');
    const limit = {
      type: 'step_limit',
      agent_id: 'guarded',
      condition: { steps_exceeded: 10 },
      action: { type: 'abort' },
    };
    const own = await server.ask('POST', '/api/v1/policies', { body: limit });
    await create(path, whole);
    const before = await snapshot('guarded');
    await activate(path, 1);
    const { revision, policies } = await snapshot('guarded');
    expect(revision).toBe(before.revision + 1);
    const head = { revision: 1, agent_id: 'guarded', priority: 0, mode: 'enforce' };
    const byId = new Map(policies.map((policy: { id: string }) => [policy.id, policy]));
    expect([...byId.keys()].toSorted()).toEqual(
      [
        own.json.id,
        'version:guarded:1:cost_limit',
        'version:guarded:1:fallback',
        'version:guarded:1:retry',
        'version:guarded:1:step_limit',
      ].toSorted(),
    );
    expect(byId.get('version:guarded:1:cost_limit')).toMatchObject({
      ...head,
      condition: { cost_exceeded: 0.5 },
      action: { type: 'abort' },
    });
    const others = (await snapshot('other')).policies;
    expect(others.some(({ id }: { id: string }) => id.startsWith('version:'))).toBe(false);
  });

  test('the server asks the guardrails of the active version, and no others (A4, P5)', async () => {
    const path = await agent('watched');
    await create(path, { guardrails: { max_steps: 2 } });
    const run = async (session: number) => {
      const now = new Date().toISOString();
      const times = { started_at: now, ended_at: now };
      const records = [
        start(session, { agent_id: 'watched', started_at: now }),
        tool(session, session * 10, times),
        tool(session, session * 10 + 1, times),
      ];
      const { json } = await server.ask('POST', '/api/v1/ingest', { body: { records } });
      return json.sessions[0].decision;
    };
    expect(await run(501)).toBeUndefined();
    await activate(path, 1);
    expect(await run(502)).toMatchObject({
      action: 'abort',
      policy_id: 'version:watched:1:step_limit',
      revision: 1,
      threshold: 2,
      found: 2,
    });
    const { items } = await get(`/api/v1/sessions/${sessionId(502)}/traces`);
    expect(items).toMatchObject([{ policy_id: 'version:watched:1:step_limit', action: 'abort' }]);
    await create(path, { guardrails: {} });
    await activate(path, 2);
    expect(await run(503)).toBeUndefined();
  });
});

describe('who may (O1, O2)', () => {
  test('reading wants read, changing wants admin', async () => {
    const path = await agent('owned');
    await create(path);
    const body = { name: 'reader', scopes: ['read'] };
    const { key } = (await server.ask('POST', '/api/v1/keys', { body })).json;
    const status = async (method: string, where: string, sent?: object) =>
      (await server.ask(method, where, { key, ...(sent === undefined ? {} : { body: sent }) }))
        .status;
    expect(await status('GET', path)).toBe(200);
    expect(await status('GET', '/api/v1/runtime-config?agent_id=owned')).toBe(200);
    expect(await status('POST', path, {})).toBe(403);
    expect(await status('PATCH', `${path}/1`, { model: 'x' })).toBe(403);
    expect(await status('POST', `${path}/1/activate`)).toBe(403);
    expect(await status('PATCH', '/api/v1/agents/owned', { name: 'x' })).toBe(403);
  });
});
