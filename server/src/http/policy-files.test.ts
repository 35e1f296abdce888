import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openServer, type TestServer } from '../testing/open-server.ts';

const api = '/api/v1/policies';
const importPath = `${api}/import`;
const guard = {
  name: 'loop guard',
  type: 'step_limit',
  condition: { steps_exceeded: 40 },
  action: { type: 'abort' },
};
const cap = {
  name: 'cap: "10"',
  type: 'cost_limit',
  agent_id: 'router',
  environment: 'production',
  priority: -3,
  scope: 'day',
  mode: 'shadow',
  condition: { cost_exceeded: '0.10' },
  action: { type: 'warn' },
};

let server: TestServer;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server.close());

async function listed(): Promise<{ id: string; revision: number; [name: string]: unknown }[]> {
  return (await server.ask('GET', api)).json.items;
}

beforeEach(async () => {
  for (const { id } of await listed()) await server.ask('DELETE', `${api}/${id}`);
});

async function create(body: object): Promise<string> {
  return (await server.ask('POST', api, { body })).json.id;
}

const put = (text: string, mode?: 'preview' | 'apply', headers: Record<string, string> = {}) =>
  server.ask('POST', importPath, {
    body: { text, ...(mode === undefined ? {} : { mode }) },
    headers,
  });

const exported = async () => (await server.ask('GET', `${api}/export`)).text;

describe('policy files (P8)', () => {
  test('what was looked at is applied, or nothing, where policies changed since (P1)', async () => {
    const id = await create(guard);
    const text = await exported();
    const changed = text.replace('40', '30');
    const { revision } = (await put(changed, 'preview')).json;
    await server.ask('PATCH', `${api}/${id}`, { body: { revision: 1, priority: 7 } });
    const apply = (of: number) =>
      server.ask('POST', importPath, { body: { text: changed, revision: of } });
    const late = await apply(revision);
    expect([late.status, late.json.code]).toEqual([409, 'conflict']);
    expect(late.json.detail).toBe(
      'Cannot import the policies: policies were changed since they were looked at',
    );
    expect(await listed()).toMatchObject([{ id, revision: 2, priority: 7 }]);
    const again = (await put(changed, 'preview')).json;
    expect(again.items[0].changed).toContain('priority');
    const done = await apply(again.revision);
    expect([done.status, done.json.updated]).toEqual([200, 1]);
    const asYaml = await fetch(`${server.url}${importPath}?revision=${revision}`, {
      method: 'POST',
      headers: { 'x-api-key': server.key, 'content-type': 'text/yaml' },
      body: changed,
    });
    expect(asYaml.status).toBe(409);
  });

  test('what was exported changes nothing when it is imported', async () => {
    await create(guard);
    await create(cap);
    const before = await listed();
    const file = await server.ask('GET', `${api}/export`);
    expect(file.headers.get('content-type')).toBe('text/yaml; charset=utf-8');
    expect(file.text).toMatch(/^version: 1\npolicies:\n {2}- id: /);
    const again = await put(file.text);
    expect(again.status).toBe(200);
    expect(again.json).toMatchObject({ created: 0, updated: 0, unchanged: 2, untouched: 0 });
    expect(await listed()).toEqual(before);
  });

  test('an organisation that has none takes all of another, in their order', async () => {
    const ids = [
      await create(guard),
      await create({ ...guard, name: 'second' }),
      await create(cap),
    ];
    const before = await listed();
    const text = await exported();
    for (const id of ids) await server.ask('DELETE', `${api}/${id}`);
    expect((await put(text)).json).toMatchObject({ created: 3, updated: 0, untouched: 0 });
    const after = await listed();
    const said = (list: typeof after) =>
      list.map((one) => ({ ...one, revision: null, created_at: null }));
    expect(said(after)).toEqual(said(before));
    // The revisions that were deleted stay: what comes back goes on after them (P1).
    expect(after.map(({ revision }) => revision)).toEqual([3, 3, 3]);
    const { json } = await server.ask('GET', `${api}/${ids[0]}/revisions`);
    expect(json.items.map((one: { policy: object | null }) => one.policy === null)).toEqual([
      false,
      true,
      false,
    ]);
  });

  test('a known id is changed under its next revision, others are made, the rest stays', async () => {
    const id = await create(guard);
    const kept = await create(cap);
    const text = `policies:
  - id: ${id}
    name: loop guard
    type: step_limit
    mode: shadow
    condition: { steps_exceeded: 20 }
    action: { type: abort }
  - { id: own, type: fallback, action: { fallback_model: gpt-5-mini } }
  - { name: no id, type: retry, action: { max_retries: 2 } }
`;
    const preview = await put(text, 'preview');
    expect(preview.json).toMatchObject({ mode: 'preview', created: 2, updated: 1, untouched: 1 });
    expect(preview.json.items).toMatchObject([
      { line: 2, action: 'update', id, revision: 1, changed: ['mode', 'condition'] },
      { line: 8, action: 'create', id: 'own', revision: null, changed: [], before: null },
      { line: 9, action: 'create', id: null, revision: null },
    ]);
    expect(preview.json.items[0]).toMatchObject({
      before: { mode: 'enforce', condition: { steps_exceeded: 40 } },
      after: { mode: 'shadow', condition: { steps_exceeded: 20 } },
    });
    expect((await listed()).map(({ id: own }) => own).toSorted()).toEqual([id, kept].toSorted());

    const applied = await put(text);
    expect(applied.json).toMatchObject({ mode: 'apply', created: 2, updated: 1, untouched: 1 });
    const [changed, own, unnamed] = applied.json.items;
    expect([changed.revision, own.revision, unnamed.revision]).toEqual([2, 1, 1]);
    const after = new Map((await listed()).map((one) => [one.id, one]));
    expect(after.get(id)).toMatchObject({ revision: 2, mode: 'shadow' });
    expect(after.get('own')).toMatchObject({ name: 'fallback', type: 'fallback' });
    expect(after.get(unnamed.id)).toMatchObject({ name: 'no id', type: 'retry' });
    expect(after.get(kept)).toMatchObject({ revision: 1 });
    const audit = (await server.ask('GET', '/api/v1/audit')).json.items.slice(0, 4);
    expect(audit.map(({ action }: { action: string }) => action).toSorted()).toEqual([
      'change-policy',
      'create-policy',
      'create-policy',
      'import-policies',
    ]);
  });

  test('one wrong policy and nothing is taken; what is wrong is told by line and column', async () => {
    const id = await create(guard);
    const text = `policies:
  - id: ${id}
    type: retry
    action: { max_retries: 3 }
  - id: other
    type: retry
    action:
      max_retries: 11
`;
    for (const mode of ['preview', 'apply'] as const) {
      const refused = await put(text, mode);
      expect(refused.status).toBe(422);
      const message = 'must be a whole number of 1 to 10: got 11';
      expect(refused.json.detail).toBe(`The policy file is not valid at 8:20: ${message}`);
      expect(refused.json.errors).toEqual([
        { path: 'policies.1.action.max_retries', code: 'invalid', message, line: 8, column: 20 },
      ]);
    }
    expect(await listed()).toMatchObject([{ id, revision: 1, type: 'step_limit' }]);
  });

  test('the file itself may be the body, with the mode in the query', async () => {
    const send = (query: string, type: string) =>
      fetch(`${server.url}${importPath}${query}`, {
        method: 'POST',
        headers: { 'x-api-key': server.key, 'content-type': type },
        body: '- no map\n',
      });
    const refused = await send('?mode=preview', 'text/yaml; charset=utf-8');
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ errors: [{ line: 1, column: 1 }] });
    expect((await send('?mode=dry', 'application/yaml')).status).toBe(422);
    expect((await send('', 'text/html')).status).toBe(415);
    const made = await fetch(`${server.url}${importPath}`, {
      method: 'POST',
      headers: { 'x-api-key': server.key, 'content-type': 'application/yaml' },
      body: 'policies: [{ id: y, type: retry, action: { max_retries: 1 } }]',
    });
    expect(await made.json()).toMatchObject({ mode: 'apply', created: 1 });
  });

  test('an Idempotency-Key makes it once', async () => {
    const text = 'policies: [{ type: retry, action: { max_retries: 1 } }]';
    const headers = { 'idempotency-key': 'import once' };
    const [one, other] = [await put(text, 'apply', headers), await put(text, 'apply', headers)];
    expect(other.json.items[0].id).toBe(one.json.items[0].id);
    expect(await listed()).toHaveLength(1);
  });

  test('a file has 1,000 policies and 262,144 characters at most, an organisation 1,000 policies', async () => {
    const many = (count: number) =>
      `policies:\n${'- { type: retry, action: { max_retries: 1 } }\n'.repeat(count)}`;
    const over = await put(many(1_001));
    expect(over.json.errors).toMatchObject([{ path: 'policies', line: 2, column: 1 }]);
    await create(guard);
    const full = await put(many(1_000));
    expect([full.status, full.json.detail]).toEqual([
      409,
      'Cannot import the policies: found 1 policies and 1000 new ones, at most 1000',
    ]);
    expect((await put(`# ${'x'.repeat(262_144)}`)).json.errors[0].path).toBe('text');
    expect(await listed()).toHaveLength(1);
  });
});
