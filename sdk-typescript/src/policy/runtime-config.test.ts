import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { defaultClient } from '../client/default-client.ts';
import {
  attachSession,
  configure,
  flush,
  getRuntimeConfig,
  observe,
  shutdown,
  startSession,
  testing,
} from '../index.ts';
import { startPeer, type LoopbackPeer, type PeerAnswer } from '../testing/loopback-peer.ts';
import { startProvider } from '../testing/loopback-provider.ts';
import { chatRequest, completion } from '../testing/openai-frames.ts';
import { startServer, testKey } from '../testing/real-server.ts';
import { filesUnder, tempFolder } from '../testing/temp-folder.ts';
import { readConfig } from './runtime-config.ts';

vi.setConfig({ testTimeout: 60_000 });

const llm = { model: 'gpt-5', temperature: 0.2, max_tokens: 500, system_prompt: 'Be brief.' };
const sources = { model: 'version:3', max_tokens: 'version:3' };
const whole = {
  llm: { model: 'gpt-5', temperature: 0.2, maxTokens: 500, systemPrompt: 'Be brief.' },
  sources: { model: 'version:3', maxTokens: 'version:3' },
  origin: 'server',
};
const nothing = { llm: {}, sources: {}, origin: 'default' };

const told: string[] = [];
let asked: string[];
let state: string;
/** What the server says from now on. */
let says: () => PeerAnswer | Promise<PeerAnswer>;

const answer = (config: unknown, revision = 1): PeerAnswer => ({
  status: 200,
  body: { revision, policies: [], prices: [], config },
  headers: { etag: `"${revision}"` },
});

beforeEach(() => {
  asked = [];
  told.length = 0;
  state = tempFolder();
  says = () => answer({ llm, sources });
  vi.stubEnv('XDG_STATE_HOME', state);
  // Heard here, for a runner of tests hands the event of a warning to nobody else.
  vi.spyOn(process, 'emitWarning').mockImplementation((text) => void told.push(String(text)));
});

afterEach(async () => {
  await shutdown(1);
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** A server, and this process as one of its senders. A key of its own has a state of its own. */
async function serve(): Promise<LoopbackPeer> {
  const peer = await startPeer(
    () => null,
    0,
    (path) => {
      asked.push(path.split('?')[1] ?? '');
      return says();
    },
  );
  configure({ apiKey: 'nk_config', apiUrl: peer.url });
  return peer;
}

const configOf = (agentId: string, more: object = {}) =>
  startSession({ agentId, ...more }, (session) => session.config);

/** The server's word has changed, and this process has read it. */
async function change(config: unknown): Promise<void> {
  says = () => answer(config, 2);
  const { policies } = defaultClient().outlet;
  const key = { agentId: 'writer', environment: 'production', experimentId: null, variant: null };
  policies?.noteRevision(2);
  await vi.waitUntil(() => policies?.of(key)?.revision === 2);
}

describe('session.config', () => {
  test('is what the server says of the agent, with the source of each field (A4)', async () => {
    await serve();
    expect(await configOf('writer')).toEqual(whole);
    expect(told).toEqual([]);
  });

  test('is that of the session’s environment, experiment and variant (A4)', async () => {
    await serve();
    await configOf('writer', { environment: 'staging', experimentId: 'tone', variant: 'b' });
    expect(new Set(asked)).toEqual(
      new Set(['agent_id=writer&environment=staging&experiment_id=tone&variant=b']),
    );
  });

  test('stays as it was read first, under every name; the next session has the newer (A4)', async () => {
    await serve();
    await startSession({ agentId: 'writer' }, async (session) => {
      const config = await session.config;
      await change({ llm: { model: 'gpt-6' } });
      expect(await session.config).toBe(config);
      expect(await getRuntimeConfig()).toBe(config);
      expect(await getRuntimeConfig({ agentId: 'writer' })).toBe(config);
    });
    expect((await configOf('writer')).llm.model).toBe('gpt-6');
  });

  test('is fixed by the first call of an observed client (A4)', async () => {
    await serve();
    const provider = await startProvider(() => ({ body: completion }));
    const client = observe(new OpenAI({ apiKey: 'sk', baseURL: provider.url }));
    await getRuntimeConfig({ agentId: 'writer' });
    await startSession({ agentId: 'writer' }, async (session) => {
      await client.chat.completions.create(chatRequest);
      await change({ llm: { model: 'gpt-6' } });
      expect((await session.config).llm.model).toBe('gpt-5');
    });
  });

  test('waits for a slow server, but for half a second, once; that is told once (A4)', async () => {
    says = () => sleep(150).then(() => answer({ llm }));
    await serve();
    expect((await configOf('patient')).llm.model).toBe('gpt-5');
    let go = () => {};
    const silence = new Promise<void>((resolve) => {
      go = resolve;
    });
    says = () => silence.then(() => answer({ llm }));
    const startedTick = performance.now();
    expect(await configOf('writer')).toEqual(nothing);
    const tookMs = performance.now() - startedTick;
    expect(tookMs).toBeGreaterThanOrEqual(450);
    const againTick = performance.now();
    expect(await configOf('writer')).toEqual(nothing);
    expect(performance.now() - againTick).toBeLessThan(400);
    expect(told).toEqual(['No runtime config of writer is known: the server does not answer.']);
    go();
    await vi.waitUntil(async () => (await configOf('writer')).llm.model === 'gpt-5');
  });

  test('is what the server said last while it is away, which is told once (A4)', async () => {
    const peer = await serve();
    await configOf('writer');
    await vi.waitUntil(() => filesUnder(state).some((file) => file.endsWith('.json')));
    await shutdown(1);
    await peer.close();
    configure({ apiKey: 'nk_config', apiUrl: peer.url });
    expect(await configOf('writer')).toEqual({ ...whole, origin: 'disk' });
    await configOf('writer');
    expect(told.filter((text) => text.includes('gave last time'))).toEqual([
      'The server does not answer: the runtime config it gave last time holds.',
    ]);
  });

  test('is empty, at once, where the server refuses to say', async () => {
    says = () => ({ status: 403, body: {} });
    await serve();
    const startedTick = performance.now();
    expect(await configOf('writer')).toEqual(nothing);
    expect(performance.now() - startedTick).toBeLessThan(400);
  });

  test('is empty in a session that was joined, and in tests of one’s own', async () => {
    await serve();
    const id = '01990000-0000-7000-8000-000000000001';
    expect(await attachSession(id, (session) => session.config)).toEqual(nothing);
    using captured = testing.capture();
    expect(await configOf('writer')).toEqual(nothing);
    expect(await getRuntimeConfig({ agentId: 'writer' })).toEqual(nothing);
    expect(captured.warnings).toEqual([]);
  });
});

describe('getRuntimeConfig()', () => {
  test('outside of sessions has the newest, which is asked for again in the background', async () => {
    await serve();
    const model = async () => (await getRuntimeConfig({ agentId: 'writer' })).llm.model;
    expect([await model(), await model(), asked.length]).toEqual(['gpt-5', 'gpt-5', 1]);
    says = () => answer({ llm: { model: 'gpt-6' } }, 2);
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 31_000);
    await model();
    clock.mockRestore();
    await vi.waitUntil(async () => (await model()) === 'gpt-6');
    expect(asked.length).toBe(2);
  });

  test('in a session fixes the config of another agent as well', async () => {
    await serve();
    await startSession({ agentId: 'writer' }, async () => {
      const config = await getRuntimeConfig({ agentId: 'editor' });
      expect(config.llm.model).toBe('gpt-5');
      expect(await getRuntimeConfig({ agentId: 'editor' })).toBe(config);
    });
    expect(asked).toContain('agent_id=editor&environment=production');
  });

  test('is empty without a key, and rejects bad arguments', async () => {
    expect(await getRuntimeConfig({ agentId: 'writer' })).toEqual(nothing);
    await expect(getRuntimeConfig({ agentId: '' })).rejects.toThrow(TypeError);
    await expect(getRuntimeConfig({ variant: 5 as never })).rejects.toThrow('variant must be text');
  });
});

describe('with a server', () => {
  test('is what the active version of the agent sets (A3, A4)', async () => {
    const server = await startServer();
    const post = async (path: string, body?: object) => {
      const headers = { 'x-api-key': testKey, 'content-type': 'application/json' };
      const given = body === undefined ? {} : { body: JSON.stringify(body) };
      const url = `${server.url}/api/v1/agents/versioned/versions${path}`;
      const taken = await fetch(url, {
        method: 'POST',
        headers: body === undefined ? { 'x-api-key': testKey } : headers,
        ...given,
      });
      expect([200, 201]).toContain(taken.status);
    };
    configure({ apiKey: testKey, apiUrl: server.url });
    expect((await configOf('versioned')).llm).toEqual({});
    expect(await flush(10)).toBe(true);
    await post('', { model: 'gpt-5', max_tokens: 500 });
    await post('/1/activate');
    await vi.waitUntil(async () => {
      const { llm: found, sources: from, origin } = await configOf('versioned');
      await flush(10);
      if (found.model === undefined) return false;
      expect([found, from, origin]).toEqual([
        { model: 'gpt-5', maxTokens: 500 },
        { model: 'version:1', maxTokens: 'version:1' },
        'server',
      ]);
      return true;
    }, 20_000);
    await shutdown(2);
    await server.stop();
  });
});

describe('readConfig()', () => {
  test.each([null, 5, [], {}, { llm: null }, { llm: 5, sources: [] }])('%o is empty', (value) => {
    expect(readConfig(value, 'server')).toEqual({ llm: {}, sources: {}, origin: 'server' });
  });

  test('leaves out what is of another kind than it should be', () => {
    const bad = { model: 5, temperature: 'warm', max_tokens: '1', system_prompt: null, top_p: 1 };
    expect(readConfig({ llm: bad, sources: { model: 'version:1' } }, 'disk')).toEqual({
      ...nothing,
      origin: 'disk',
    });
  });
});
