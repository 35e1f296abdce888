import OpenAI from 'openai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { defaultClient } from '../client/default-client.ts';
import { configure, flush, observe, shutdown, startSession } from '../index.ts';
import { startProvider } from '../testing/loopback-provider.ts';
import { chatRequest, chatStream, collect, completion } from '../testing/openai-frames.ts';
import { startServer, testKey, type RealServer } from '../testing/real-server.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

let server: RealServer;
let isAway = false;
let state: string;

beforeAll(async () => {
  server = await startServer();
  state = mkdtempSync(join(tmpdir(), 'niitaka-state-'));
  vi.stubEnv('XDG_STATE_HOME', state);
  configure({ apiKey: testKey, apiUrl: server.url });
});

afterAll(async () => {
  await shutdown(2);
  if (!isAway) await server.stop();
  rmSync(state, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

/** gpt-5: 200 uncached, 1,000 cached and 300 written tokens at $1.25, $0.125 and $10 a million. */
const callUsd = (200 * 1.25 + 1000 * 0.125 + 300 * 10) / 1e6;

async function createPolicy(policy: object): Promise<void> {
  const answer = await fetch(`${server.url}/api/v1/policies`, {
    method: 'POST',
    headers: { 'x-api-key': testKey, 'content-type': 'application/json' },
    body: JSON.stringify(policy),
  });
  expect([answer.status, await answer.text()]).toEqual([201, expect.any(String)]);
}

/** Waits until the policies of an agent have been read. */
async function haveSnapshot(agentId: string): Promise<void> {
  const key = { agentId, environment: 'production', experimentId: null, variant: null };
  await vi.waitUntil(() => (defaultClient().outlet.policies?.of(key) ?? null) !== null, 10_000);
}

interface Trace {
  readonly action: string;
  readonly decided_by: readonly string[];
  readonly enforced: boolean;
}

interface Signal {
  readonly subtype: string;
}

interface Row {
  readonly total_cost: number;
  readonly llm_count: number;
  readonly step_count: number;
  readonly error_count: number;
}

describe('an observed client and a real server', () => {
  test('make the session, the cost and the events right to the last digit (C1, E1)', async () => {
    const provider = await startProvider((request, count) => {
      if (count === 2) return { status: 400, body: { error: { message: 'No' } } };
      return request.body['stream'] === true
        ? chatStream(['Hel', 'lo'])(request, count)
        : { body: completion };
    });
    const client = observe(new OpenAI({ apiKey: 'sk', baseURL: provider.url }));
    const id = await startSession({ agentId: 'observed' }, async (session) => {
      await client.chat.completions.create(chatRequest);
      await client.chat.completions.create(chatRequest).catch(() => {});
      await collect(await client.chat.completions.create({ ...chatRequest, stream: true }));
      return session.sessionId;
    });
    expect(await flush(20)).toBe(true);
    const row = (await server.get(`/sessions/${id}`)) as Row;
    expect(row).toMatchObject({ llm_count: 2, step_count: 2, error_count: 1 });
    expect(row.total_cost).toBeCloseTo(2 * callUsd, 12);
    const { items } = (await server.get(`/sessions/${id}/events`)) as {
      items: { type: string; data: Record<string, unknown> }[];
    };
    expect(items.map(({ type }) => type)).toEqual(['llm', 'error', 'llm']);
    expect(items[1]?.data).toMatchObject({ kind: 'invalid_request', model: 'gpt-5' });
  });

  test('a call that fails is made again, and SDK and server tell of it by one trace (P4, P7)', async () => {
    for (const [type, action] of [
      ['retry', { max_retries: 1, base_seconds: 0.01 }],
      ['fallback', { fallback_model: 'gpt-5-mini' }],
    ] as const) {
      await createPolicy({ name: type, type, agent_id: 'caller', action });
    }
    const provider = await startProvider((_, count) =>
      count <= 2 ? { status: 500, body: { error: { message: 'No' } } } : { body: completion },
    );
    const client = observe(new OpenAI({ apiKey: 'sk', baseURL: provider.url, maxRetries: 0 }));
    const id = await startSession({ agentId: 'caller' }, async (session) => {
      await haveSnapshot('caller');
      await client.chat.completions.create(chatRequest);
      return session.sessionId;
    });
    expect(provider.requests.map(({ body }) => body['model'])).toEqual([
      'gpt-5',
      'gpt-5',
      'gpt-5-mini',
    ]);
    expect(await flush(20)).toBe(true);
    expect(await server.get(`/sessions/${id}`)).toMatchObject({
      llm_count: 1,
      step_count: 1,
      error_count: 2,
    });
    const { items: traces } = (await server.get(`/sessions/${id}/traces`)) as { items: Trace[] };
    const told = traces.map((it) => [it.action, it.decided_by, it.enforced]);
    expect(told.toSorted()).toEqual([
      ['fallback', ['sdk', 'server'], true],
      ['retry', ['sdk', 'server'], true],
      ['retry_exhausted', ['sdk', 'server'], true],
    ]);
    const { items: signals } = (await server.get(`/sessions/${id}/signals`)) as { items: Signal[] };
    expect(signals.map(({ subtype }) => subtype).toSorted()).toEqual([
      'fallback',
      'policy_triggered',
      'policy_triggered',
      'retry',
      'retry_exhausted',
    ]);
  });

  test('a cost limit stops before the call that comes after it, the server being away (P5, P6)', async () => {
    const policy = {
      name: 'spend',
      type: 'cost_limit',
      agent_id: 'spender',
      condition: { cost_exceeded: 2.5 * callUsd },
      action: { type: 'abort' },
    };
    await createPolicy(policy);
    const provider = await startProvider(() => ({ body: completion }));
    const client = observe(new OpenAI({ apiKey: 'sk', baseURL: provider.url }));
    const run = startSession({ agentId: 'spender' }, async () => {
      await haveSnapshot('spender');
      await server.stop();
      isAway = true;
      for (;;) await client.chat.completions.create(chatRequest);
    });
    await expect(run).rejects.toThrow(/cost/);
    expect(provider.requests.length).toBe(3);
  });
});
