import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { ConfigureOptions } from '../client/configure-options.ts';
import { defaultClient } from '../client/default-client.ts';
import { configure, flush, observe, shutdown, startSession, type Session } from '../index.ts';
import { startProvider, type LoopbackProvider } from '../testing/loopback-provider.ts';
import { completion } from '../testing/openai-frames.ts';
import { startServer, testKey, type RealServer } from '../testing/real-server.ts';
import { startProxy, type RecordingProxy } from '../testing/recording-proxy.ts';
import { tempFolder } from '../testing/temp-folder.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

/** 100 input tokens at 1.25 and 500 output tokens at 10 US dollars a million. */
const callNanoUsd = 5_125_000;
const usage = { prompt_tokens: 100, completion_tokens: 500, total_tokens: 600 };

let server: RealServer;
beforeAll(async () => {
  server = await startServer();
  await fetch(`${server.url}/api/v1/policies`, {
    method: 'POST',
    headers: { 'x-api-key': testKey, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'tree budget',
      type: 'cost_limit',
      agent_id: 'leaser',
      scope: 'tree',
      condition: { cost_exceeded: 5 },
      action: { type: 'abort' },
    }),
  });
  configure({ apiKey: testKey, apiUrl: server.url, spool: false });
  const data = { provider: 'openai', model: 'gpt-5', input_tokens: 1, output_tokens: 1 };
  await startSession({ agentId: 'leaser' }, (session) => session.event('llm', { data }));
  await shutdown(20);
});
afterEach(() => shutdown(2));
afterAll(() => server.stop());

interface Line {
  readonly proxy: RecordingProxy;
  readonly provider: LoopbackProvider;
  /** Calls the model in the session that is current. */
  readonly call: () => Promise<unknown>;
}

/** An SDK with its server behind a proxy, which has the policies of an agent. */
async function open(agentId: string, options: ConfigureOptions = {}): Promise<Line> {
  const proxy = await startProxy(server.url);
  const provider = await startProvider(() => ({
    body: { ...completion, model: 'gpt-5', usage },
    afterMs: 5,
  }));
  configure({ apiKey: testKey, apiUrl: proxy.url, spool: false, ...options });
  const key = { agentId, environment: 'production', experimentId: null, variant: null };
  const { policies } = defaultClient().outlet;
  policies?.request(key);
  await vi.waitUntil(() => policies?.of(key) != null, 20_000);
  const client = observe(
    new OpenAI({ apiKey: 'sk', baseURL: `${provider.url}/v1`, maxRetries: 0 }),
  );
  const messages = [{ role: 'user' as const, content: 'x'.repeat(396) }];
  const asked = { model: 'gpt-5', max_tokens: 1000, messages };
  return { proxy, provider, call: () => client.chat.completions.create(asked) };
}

function leasesAt({ requests }: RecordingProxy): readonly Readonly<Record<string, string>>[] {
  const leases = requests.filter(({ path }) => path === '/api/v1/budgets/lease');
  return leases.map(({ body }) => JSON.parse(body) as Record<string, string>);
}

test('most calls need no round trip, and all that is left flows back at the end (P10)', async () => {
  const { proxy, call } = await open('leaser');
  const sessionId = randomUUID();
  await startSession({ sessionId, agentId: 'leaser' }, async () => {
    await flush(10);
    for (let count = 0; count < 20; count += 1) await call();
    await startSession({ agentId: 'leaser' }, async () => {
      for (let count = 0; count < 20; count += 1) await call();
    });
    // The child was none of the lease's: the root holds it.
    expect(leasesAt(proxy).map(({ want_nano_usd: want }) => want)).not.toContain('0');
  });
  await vi.waitUntil(() => leasesAt(proxy).at(-1)?.['want_nano_usd'] === '0', 5_000);
  const leases = leasesAt(proxy);
  expect(leases.length).toBeLessThan(12);
  expect(leases[0]).toEqual({
    session_id: sessionId,
    sender: defaultClient().outlet.sender,
    spent_nano_usd: '0',
    // The call with 1,000 tokens of output, and a sixty-fourth of the limit.
    want_nano_usd: String(10_125_000 + 5_000_000_000 / 64),
    booked_nano_usd: '0',
  });
  expect(new Set(leases.map((it) => it['session_id']))).toEqual(new Set([sessionId]));
  expect(leases.at(-1)?.['spent_nano_usd']).toBe(String(40 * callNanoUsd));
});

test('a lease goes on in the name of a session that still runs (P10)', async () => {
  const { proxy, call } = await open('leaser');
  const root = await startSession({ agentId: 'leaser' });
  const child = await startSession({ agentId: 'leaser', parentSessionId: root.sessionId });
  await flush(10);
  await root.run(call);
  root.end();
  await vi.waitUntil(() => leasesAt(proxy).length === 2, 5_000);
  expect(leasesAt(proxy).map((it) => it['session_id'])).toEqual([root.sessionId, child.sessionId]);
  child.end();
  await vi.waitUntil(() => leasesAt(proxy).at(-1)?.['want_nano_usd'] === '0', 5_000);
});

test('sessions below one root that runs elsewhere share one lease (P10)', async () => {
  configure({ apiKey: testKey, apiUrl: server.url, spool: false });
  const above = await startSession({ agentId: 'leaser' }, async (root) => {
    const { sessionId: parentSessionId } = root;
    const child = () => startSession({ agentId: 'leaser', parentSessionId }, (it) => it.sessionId);
    return [await child(), await child()];
  });
  await shutdown(20);
  const { proxy, call } = await open('leaser');
  const sessions: Session[] = [];
  for (const parentSessionId of above) {
    sessions.push(await startSession({ agentId: 'leaser', parentSessionId }));
  }
  await flush(10);
  for (let count = 0; count < 5; count += 1) {
    await Promise.all(sessions.map((session) => session.run(call)));
  }
  const { trees } = defaultClient().outlet.controls;
  expect(trees.of(above[0] ?? '')).toBe(trees.of(above[1] ?? ''));
  expect(trees.of(above[0] ?? '').spentNanoUsd).toBe(BigInt(10 * callNanoUsd));
  for (const session of sessions) session.end();
  await vi.waitUntil(() => leasesAt(proxy).at(-1)?.['want_nano_usd'] === '0', 5_000);
  expect(leasesAt(proxy).at(-1)?.['spent_nano_usd']).toBe(String(10 * callNanoUsd));
  expect(leasesAt(proxy).filter((it) => it['want_nano_usd'] === '0').length).toBe(1);
});

test('the first call waits until its session is known to the server (P10)', async () => {
  const { proxy, provider, call } = await open('leaser');
  await startSession({ agentId: 'leaser' }, call);
  expect(provider.requests.length).toBe(1);
  const paths = proxy.requests.map(({ path }) => path).filter((path) => !path.includes('snapshot'));
  expect(paths).toContain('/api/v1/ingest');
});

test('without the server calls go on by the totals that are known (P10, P5)', async () => {
  const { proxy, provider, call } = await open('leaser');
  await startSession({ agentId: 'leaser' }, async () => {
    proxy.isCut = true;
    await Promise.all(Array.from({ length: 20 }, call));
  });
  expect(provider.requests.length).toBe(20);
  expect(leasesAt(proxy)).toEqual([]);
});

test('without the server calls are stopped where the program wants that (P10)', async () => {
  const { proxy, provider, call } = await open('leaser', { onUnreachable: 'stop' });
  const stopped = startSession({ agentId: 'leaser' }, async () => {
    proxy.isCut = true;
    await call();
  });
  await expect(stopped).rejects.toThrow(
    /^aborted before call 1: tree cost \$5\.01\d+ > \$5, policy tree budget rev 1 \(the server cannot be reached\)$/,
  );
  expect(provider.requests).toEqual([]);
});

test('a limit of a policy file holds for calls at once, by what is known here (P8, P10)', async () => {
  const policyFile = join(tempFolder(), 'agents.yaml');
  // For three calls and a bit: they are booked at nearly twice of what they cost.
  const limit =
    '{ name: own, type: cost_limit, scope: tree, condition: { cost_exceeded: 0.02 }, action: { type: abort } }';
  writeFileSync(policyFile, `agents: [leaser]\npolicies:\n  - ${limit}\n`);
  const { proxy, provider, call } = await open('leaser', { policyFile });
  const settled = await startSession({ agentId: 'leaser' }, () =>
    Promise.allSettled(Array.from({ length: 20 }, call)),
  );
  expect(provider.requests.length).toBe(4);
  const reasons = settled.flatMap((it) => (it.status === 'rejected' ? [String(it.reason)] : []));
  expect(reasons.length).toBe(16);
  for (const reason of reasons) expect(reason).toMatch(/tree cost \$0\.0\d+ > \$0\.02, policy own/);
  expect(leasesAt(proxy)).toEqual([]);
});

test('where no limit holds the tree nobody asks for a lease (P10)', async () => {
  const { proxy, provider, call } = await open('free');
  await startSession({ agentId: 'free' }, async () => {
    await Promise.all(Array.from({ length: 5 }, call));
  });
  expect(provider.requests.length).toBe(5);
  expect(leasesAt(proxy)).toEqual([]);
});
