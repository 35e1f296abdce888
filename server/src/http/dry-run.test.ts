import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DryRunResult } from '@niitaka/protocol/policy-dry-run.ts';
import { openServer, type TestServer } from '../testing/open-server.ts';
import {
  end,
  error,
  eventId,
  iso,
  llm,
  metrics,
  noonMs,
  sessionId,
  start,
  tool,
} from '../testing/records.ts';

const path = '/api/v1/policies/dry-run';
const range = { from: iso(noonMs - 60_000), to: iso(noonMs + 60_000) };
const cap = {
  type: 'cost_limit',
  condition: { cost_exceeded: 0.9 },
  action: { type: 'abort' },
};

let server: TestServer;
beforeAll(async () => {
  server = await openServer();
  const at = (ms: number) => ({ started_at: iso(noonMs + ms), ended_at: iso(noonMs + ms + 500) });
  const failed = (kind: string, attempt?: number) => ({
    data: { kind, message: 'no', model: 'gpt-5', ...(attempt === undefined ? {} : { attempt }) },
  });
  await server.ask('POST', '/api/v1/ingest', {
    body: {
      records: [
        // Three calls of 0.5 USD and a tool: the second passes 0.9.
        start(1, { agent_id: 'alpha', goal: 'spend' }),
        ...[1, 2, 3].map((n) => llm(1, n, at(n * 1_000))),
        tool(1, 4, at(4_000)),
        metrics(1, { goal_completed: true }),
        end(1),
        // The last of two calls passes it: nothing was left to stop.
        start(2, { agent_id: 'alpha', environment: 'lab', started_at: iso(noonMs + 1_000) }),
        ...[11, 12].map((n) => llm(2, n, at(n * 1_000))),
        end(2, 30_000),
        // A tree of two: each below 0.9, both above.
        start(3, { agent_id: 'beta', started_at: iso(noonMs + 2_000) }),
        llm(3, 21, at(3_000)),
        tool(3, 22, at(9_000)),
        start(4, {
          agent_id: 'gamma',
          parent_session_id: sessionId(3),
          started_at: iso(noonMs + 3_000),
        }),
        llm(4, 31, at(4_000)),
        llm(4, 32, at(5_000)),
        // Calls that failed; and one that is no failed call.
        start(5, { agent_id: 'delta', started_at: iso(noonMs + 4_000) }),
        error(5, 41, failed('timeout')),
        error(5, 42, failed('timeout', 1)),
        // Of the next day.
        start(6, { agent_id: 'alpha', started_at: iso(noonMs + 86_400_000) }),
      ],
    },
  });
});
afterAll(() => server.close());

interface Told {
  readonly name: string;
  readonly data: never;
}

async function ask(body: object, signal?: AbortSignal): Promise<Response> {
  return fetch(server.url + path, {
    method: 'POST',
    headers: { 'x-api-key': server.key, 'content-type': 'application/json' },
    body: JSON.stringify({ ...range, ...body }),
    ...(signal === undefined ? {} : { signal }),
  });
}

function told(text: string): Told[] {
  return text
    .split('\n\n')
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', data = ''] = part.split('\n').map((line) => line.replace(/^\w+: /, ''));
      return { name, data: JSON.parse(data) as never };
    });
}

async function result(body: object): Promise<DryRunResult> {
  const answer = await ask(body);
  expect(answer.status).toBe(200);
  const last = told(await answer.text()).at(-1);
  if (last?.name !== 'result') throw new Error(JSON.stringify(last));
  return last.data;
}

const touched = ({ items }: DryRunResult) =>
  items.map(({ session_id: id, action }) => [id, action]).toSorted();

describe('a dry run (P9)', () => {
  test('tells how far it is, then what the policy would have done', async () => {
    const answer = await ask({ policy: cap, agent_id: 'alpha', environment: 'production' });
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const messages = told(await answer.text());
    expect(messages[0]).toEqual({
      name: 'progress',
      data: { sessions_done: 0, sessions_total: 1 },
    });
    expect(messages.map(({ name }) => name)).toEqual(['progress', 'progress', 'result']);
    expect(messages.at(-1)?.data).toEqual({
      sessions: 1,
      warned: 0,
      aborted: 1,
      passed_at_end: 0,
      retried: 0,
      fallback: 0,
      cost_saved: 0.5,
      goal_completed_among_aborted: 1,
      unpriced: 0,
      items_total: 1,
      items: [
        {
          session_id: sessionId(1),
          goal: 'spend',
          agent_id: 'alpha',
          started_at: iso(noonMs),
          event_id: eventId(2),
          at: iso(noonMs + 2_000),
          action: 'abort',
          found: 1,
          threshold: 0.9,
          cost_saved: 0.5,
        },
      ],
    });
  });

  test('is of every session of the range that the policy is for', async () => {
    const all = await result({ policy: cap });
    expect(all).toMatchObject({ sessions: 5, aborted: 1, passed_at_end: 2, items_total: 1 });
    const lab = await result({ policy: { ...cap, environment: 'lab' } });
    expect(lab).toMatchObject({ sessions: 1, aborted: 0, passed_at_end: 1 });
    expect(await result({ policy: { ...cap, agent_id: 'beta' } })).toMatchObject({ sessions: 1 });
    const nobody = await result({ policy: { ...cap, agent_id: 'beta' }, agent_id: 'alpha' });
    expect(nobody).toMatchObject({ sessions: 0, items: [] });
  });

  test('warns once in each session, and finds steps', async () => {
    const warn = { type: 'step_limit', condition: { steps_exceeded: 2 }, action: { type: 'warn' } };
    const found = await result({ policy: warn });
    expect(found).toMatchObject({ warned: 4, aborted: 0, cost_saved: 0 });
    expect(found.items[0]).toMatchObject({ found: 2, threshold: 2 });
  });

  test('of a tree adds up all of it, whoever is asked about (P10)', async () => {
    const policy = { ...cap, scope: 'tree', agent_id: 'beta' };
    const found = await result({ policy });
    expect(found).toMatchObject({ sessions: 1, aborted: 1, cost_saved: 0 });
    expect(found.items[0]).toMatchObject({ session_id: sessionId(3), found: 1.5 });
    const both = await result({ policy: { ...cap, scope: 'tree' } });
    expect(both).toMatchObject({ sessions: 5, aborted: 3 });
    expect(touched(both)).toEqual([
      [sessionId(1), 'abort'],
      [sessionId(3), 'abort'],
      [sessionId(4), 'abort'],
    ]);
  });

  test('of a day adds up its environment, or its agent where it is for one', async () => {
    const day = { ...cap, scope: 'day', condition: { cost_exceeded: 1.9 } };
    const all = await result({ policy: day });
    expect(touched(all)).toEqual([
      [sessionId(1), 'abort'],
      [sessionId(3), 'abort'],
      [sessionId(4), 'abort'],
    ]);
    const agent = await result({ policy: { ...day, agent_id: 'alpha' } });
    expect(agent).toMatchObject({ sessions: 2, aborted: 0, passed_at_end: 0 });
  });

  test('of a retry or fallback looks at the calls that failed', async () => {
    const retry = {
      type: 'retry',
      condition: { on_errors: ['timeout'] },
      action: { max_retries: 1 },
    };
    const found = await result({ policy: retry });
    expect(found).toMatchObject({ retried: 1, fallback: 0, items_total: 1 });
    expect(found.items[0]).toMatchObject({
      session_id: sessionId(5),
      event_id: eventId(42),
      found: null,
      threshold: null,
    });
    const fallback = { type: 'fallback', action: { fallback_model: 'gpt-5' } };
    expect(await result({ policy: fallback })).toMatchObject({ fallback: 0 });
  });

  test('takes a saved policy whatever its mode, and leaves an audit row but no trace', async () => {
    const body = { ...cap, name: 'kept', mode: 'off' };
    const { id } = (await server.ask('POST', '/api/v1/policies', { body })).json;
    expect(await result({ policy_id: id })).toMatchObject({ aborted: 1 });
    const [row] = (await server.ask('GET', '/api/v1/audit')).json.items;
    expect(row).toMatchObject({ action: 'dry-run-policy', target: id });
    const traces = await server.ask('GET', `/api/v1/sessions/${sessionId(1)}/traces`);
    expect(traces.json.items).toEqual([]);
    expect((await ask({ policy_id: 'none' })).status).toBe(404);
  });

  test.each([
    ['policy', {}],
    ['policy', { policy: cap, policy_id: 'p' }],
    ['policy.condition.cost_exceeded', { policy: { ...cap, condition: { cost_exceeded: -1 } } }],
    ['to', { policy: cap, to: range.from }],
    ['from', { policy: cap, from: '2026-02-30T00:00:00Z' }],
    ['mode', { policy: cap, mode: 'off' }],
  ])('refuses what is wrong at %s', async (at, body) => {
    const refused = await ask(body);
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ errors: [{ path: at }] });
  });

  test('of an organisation there is one at a time', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask({ policy: cap })));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]?.headers.get('retry-after')).toBe('5');
    for (const answer of answers) await answer.text();
    expect(await result({ policy: cap })).toMatchObject({ aborted: 1 });
  });
});
