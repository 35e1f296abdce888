import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { defaultClient } from '../client/default-client.ts';
import {
  AgentExecutionStoppedError,
  configure,
  flush,
  shutdown,
  startSession,
  tool,
  type Session,
} from '../index.ts';
import { startServer, testKey, type RealServer } from '../testing/real-server.ts';
import { filesUnder } from '../testing/temp-folder.ts';

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

async function createPolicy(body: object): Promise<{ readonly id: string }> {
  const answer = await fetch(`${server.url}/api/v1/policies`, {
    method: 'POST',
    headers: { 'x-api-key': testKey, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (answer.status !== 201) throw new Error(await answer.text());
  return (await answer.json()) as { id: string };
}

/** Waits until the policies of an agent have been read. */
async function haveSnapshot(agentId: string): Promise<void> {
  const key = { agentId, environment: 'production', experimentId: null, variant: null };
  await vi.waitUntil(() => (defaultClient().outlet.policies?.of(key) ?? null) !== null, 10_000);
}

/** Takes steps until it is stopped; how many it took, and why it stopped. */
async function loop(agentId: string): Promise<{ steps: number; stop: unknown; id: string }> {
  let steps = 0;
  let id = '';
  const think = tool('think', () => {
    steps += 1;
  });
  const stop = await startSession({ goal: 'Loop for ever', agentId }, async (session: Session) => {
    id = session.sessionId;
    await haveSnapshot(agentId);
    for (let round = 0; round < 100; round += 1) think();
  }).catch((error: unknown) => error);
  return { steps, stop, id };
}

describe('a policy made on the server', () => {
  test('stops a looping agent at its next session, and says why (P5, P6)', async () => {
    expect((await loop('looper')).steps).toBe(100);
    const { id: policyId } = await createPolicy({
      name: 'loop guard',
      type: 'step_limit',
      agent_id: 'looper',
      condition: { steps_exceeded: 40 },
      action: { type: 'abort' },
    });
    await vi.waitUntil(async () => {
      await startSession({ agentId: 'looper' }, () => flush(10));
      await sleep(50);
      return (await loop('looper')).steps === 40;
    }, 20_000);
    const { steps, stop, id } = await loop('looper');
    expect(steps).toBe(40);
    expect(stop).toBeInstanceOf(AgentExecutionStoppedError);
    expect(stop).toMatchObject({
      message: 'aborted before call 41: steps 40 ≥ 40, policy loop guard rev 1',
      policy: policyId,
    });
    expect(await flush(10)).toBe(true);
    expect(await server.get(`/sessions/${id}`)).toMatchObject({
      status: 'done',
      aborted: true,
      error_count: 0,
      step_count: 40,
    });
    expect(await server.get(`/sessions/${id}/traces`)).toMatchObject({
      items: [{ policy_id: policyId, action: 'abort', enforced: true }],
    });
  });

  test('limits a model’s first call by a price that is known after it (C1, P5)', async () => {
    await createPolicy({
      type: 'cost_limit',
      agent_id: 'spender',
      condition: { cost_exceeded: 0.2 },
      action: { type: 'abort' },
    });
    const call = { provider: 'openai', model: 'gpt-4o-mini', input_tokens: 1_000_000 };
    const key = {
      agentId: 'spender',
      environment: 'production',
      experimentId: null,
      variant: null,
    };
    const { policies } = defaultClient().outlet;
    const run = startSession({ agentId: 'spender' }, async (session) => {
      session.event('llm', { data: call });
      await vi.waitUntil(async () => {
        await flush(10);
        session.step('think', () => 1);
        return policies?.of(key)?.costOf(call) === 150_000_000n;
      }, 20_000);
      // Of this one the server has not heard.
      session.event('llm', { data: call });
      return session.step('think', () => 1);
    });
    await expect(run).rejects.toMatchObject({ found: 0.3, threshold: 0.2 });
  });

  test('holds with the server away, from the first step on (P5)', async () => {
    const kept = filesUnder(join(state, 'niitaka', 'snapshots'));
    expect(kept.length).toBeGreaterThan(0);
    for (const file of kept) expect(statSync(file).mode & 0o777).toBe(0o600);
    await shutdown(2);
    await server.stop();
    isAway = true;
    configure({ apiKey: testKey, apiUrl: server.url });
    expect((await loop('looper')).steps).toBe(40);
    expect(readdirSync(join(state, 'niitaka'))).toContain('spool');
  });
});
