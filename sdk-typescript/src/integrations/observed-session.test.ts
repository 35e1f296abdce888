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

  test('a cost limit stops before the call that comes after it, the server being away (P5, P6)', async () => {
    const policy = {
      name: 'spend',
      type: 'cost_limit',
      agent_id: 'spender',
      condition: { cost_exceeded: 2.5 * callUsd },
      action: { type: 'abort' },
    };
    const answer = await fetch(`${server.url}/api/v1/policies`, {
      method: 'POST',
      headers: { 'x-api-key': testKey, 'content-type': 'application/json' },
      body: JSON.stringify(policy),
    });
    expect([answer.status, await answer.text()]).toEqual([201, expect.any(String)]);
    const provider = await startProvider(() => ({ body: completion }));
    const client = observe(new OpenAI({ apiKey: 'sk', baseURL: provider.url }));
    const run = startSession({ agentId: 'spender' }, async () => {
      const key = { environment: 'production', experimentId: null, variant: null };
      const known = () => defaultClient().outlet.policies?.of({ agentId: 'spender', ...key });
      await vi.waitUntil(() => (known() ?? null) !== null, 10_000);
      await server.stop();
      isAway = true;
      for (;;) await client.chat.completions.create(chatRequest);
    });
    await expect(run).rejects.toThrow(/cost/);
    expect(provider.requests.length).toBe(3);
  });
});
