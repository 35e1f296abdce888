import Anthropic from '@anthropic-ai/sdk';
import Anthropic0 from 'anthropic-0';
import OpenAI from 'openai';
import OpenAI6 from 'openai-6';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AgentExecutionStoppedError, observe, startSession, testing } from '../index.ts';
import type { Session } from '../index.ts';
import { message } from '../testing/anthropic-frames.ts';
import type { Script } from '../testing/compare-observed.ts';
import {
  attemptsOf,
  fallback,
  guardBy,
  order,
  retry,
  signalsOf,
  tracesOf,
} from '../testing/guarded-calls.ts';
import { startProvider, type LoopbackProvider } from '../testing/loopback-provider.ts';
import { chatRequest as request, completion } from '../testing/openai-frames.ts';

vi.setConfig({ testTimeout: 30_000 });

let captured: testing.Capture;
beforeEach(() => {
  captured = testing.capture();
});
afterEach(() => captured.stop());

const failure = (status: number, text = 'no') => ({ status, body: { error: { message: text } } });
const modelsOf = ({ requests }: LoopbackProvider) => requests.map(({ body }) => body['model']);

/** Fails so often with 500, then answers. */
const failing = (times: number): Script => {
  return (_, count) => (count <= times ? failure(500) : { body: completion });
};

/** Runs work in a session under policies, with a client of a provider that answers by the script. */
async function under<T>(
  policies: readonly object[],
  script: Script,
  work: (client: OpenAI, session: Session) => Promise<T>,
  Library: typeof OpenAI = OpenAI,
): Promise<{ readonly provider: LoopbackProvider; readonly value: T }> {
  const provider = await startProvider(script);
  const client = observe(new Library({ apiKey: 'sk', baseURL: provider.url, maxRetries: 0 }));
  const value = await startSession({ agentId: 'caller' }, (session) => {
    guardBy(session, policies);
    return work(client, session);
  });
  return { provider, value };
}

const create = (client: OpenAI) => client.chat.completions.create(request);
const thrown = (work: Promise<unknown>) => work.then(() => null).catch((error: unknown) => error);

describe.each([
  ['7', OpenAI],
  ['6', OpenAI6 as unknown as typeof OpenAI],
])('a failing call of openai %s', (_version, Library) => {
  test('is made again after what the provider asks for; each attempt is one event (P4, E1)', async () => {
    const script: Script = (_, count) =>
      count === 1 ? { ...failure(429), headers: { 'retry-after': '0.3' } } : { body: completion };
    const startedTick = performance.now();
    const { provider, value } = await under([retry()], script, create, Library);
    expect(performance.now() - startedTick).toBeGreaterThanOrEqual(300);
    expect(value).toEqual(completion);
    expect(modelsOf(provider)).toEqual(['gpt-5', 'gpt-5']);
    expect(attemptsOf(captured)).toEqual([
      ['error', 1, 'gpt-5', 'rate_limit'],
      ['llm', 2, 'gpt-5'],
    ]);
    expect(tracesOf(captured)).toEqual([['again', 'retry', true]]);
    expect(signalsOf(captured)).toEqual([
      ['retry', 'again'],
      ['policy_triggered', 'again'],
    ]);
    const told = captured.records.filter(({ kind }) => kind === 'trace' || kind === 'signal');
    const failed = captured.events('error')[0]?.['event_id'];
    expect(new Set(told.map((it) => it['event_id']))).toEqual(new Set([failed]));
  });

  test('goes on with the other model when retries are used up, and so do later calls (P4)', async () => {
    const { provider, value } = await under(
      [retry(), fallback('gpt-5-mini')],
      failing(3),
      async (client) => {
        const first = await create(client);
        await create(client);
        return first;
      },
      Library,
    );
    expect(value).toEqual(completion);
    expect(modelsOf(provider)).toEqual(['gpt-5', 'gpt-5', 'gpt-5', 'gpt-5-mini', 'gpt-5-mini']);
    expect(attemptsOf(captured)).toEqual([
      ['error', 1, 'gpt-5', 'server_error'],
      ['error', 2, 'gpt-5', 'server_error'],
      ['error', 3, 'gpt-5', 'server_error'],
      ['llm', 4, 'gpt-5-mini'],
      ['llm', 1, 'gpt-5-mini'],
    ]);
    expect(tracesOf(captured)).toEqual([
      ['again', 'retry', true],
      ['again', 'retry', true],
      ['again', 'retry_exhausted', true],
      ['to gpt-5-mini', 'fallback', true],
    ]);
    const once = [
      ['retry', 'again'],
      ['policy_triggered', 'again'],
    ];
    expect(signalsOf(captured)).toEqual([
      ...once,
      ...once,
      ['retry_exhausted', 'again'],
      ['fallback', 'to gpt-5-mini'],
      ['policy_triggered', 'to gpt-5-mini'],
    ]);
  });

  test('ends with the very exception of the last attempt when nothing is left to try', async () => {
    const script: Script = (_, count) => failure(500, `number ${count}`);
    const { provider, value } = await under([retry()], script, (it) => thrown(create(it)), Library);
    expect(value).toBeInstanceOf(Library.InternalServerError);
    expect((value as Error).message).toBe('500 number 3');
    expect((value as Error).cause).toBeUndefined();
    expect(provider.requests.length).toBe(3);
    expect(captured.events().length).toBe(3);
  });

  test('is answered with the raw response of the attempt that was answered', async () => {
    const headers = (count: number) => ({ 'x-request-id': `req_${count}` });
    const script: Script = (_, count) =>
      count % 2 === 1 ? failure(500) : { body: completion, headers: headers(count) };
    const { value } = await under(
      [retry()],
      script,
      async (client) => {
        const both = await client.chat.completions.create(request).withResponse();
        const raw = await client.chat.completions.create(request).asResponse();
        return [both.data, both.request_id, both.response.status, raw.status, await raw.json()];
      },
      Library,
    );
    expect(value).toEqual([completion, 'req_2', 200, 200, completion]);
    await vi.waitUntil(() => captured.events().length === 4);
    expect(attemptsOf(captured).map((it) => it.slice(0, 2))).toEqual([
      ['error', 1],
      ['llm', 2],
      ['error', 1],
      ['llm', 2],
    ]);
  });

  test('whose answer breaks off is made again, with what is derived from the answer', async () => {
    const script: Script = (_, count) => ({ body: count === 1 ? '{"id": "ch' : completion });
    const { provider, value } = await under(
      [retry()],
      script,
      async (client) => (await client.chat.completions.parse(request)).choices[0]?.message.content,
      Library,
    );
    expect([value, provider.requests.length]).toEqual(['Hello there', 2]);
  });

  test('that the host cancels in the wait ends at once, in the library’s words (E1)', async () => {
    const controller = new AbortController();
    const { provider, value } = await under(
      [retry({ base_seconds: 60 })],
      () => ({ ...failure(429), headers: { 'retry-after': '60' } }),
      async (client) => {
        const { signal } = controller;
        const call = thrown(client.chat.completions.create(request, { signal }));
        await vi.waitUntil(() => captured.events().length === 1);
        controller.abort();
        return call;
      },
      Library,
    );
    expect(value).toBeInstanceOf(Library.APIUserAbortError);
    expect(provider.requests.length).toBe(1);
    expect(captured.events().length).toBe(1);
  });
});

describe.each([
  ['1', Anthropic],
  ['0', Anthropic0 as unknown as typeof Anthropic],
])('a failing call of anthropic %s', (_version, Library) => {
  test('is made again, and goes on with the other model (P4)', async () => {
    const provider = await startProvider((_, count) =>
      count <= 2 ? { ...failure(529), headers: { 'retry-after-ms': '1' } } : { body: message },
    );
    const client = observe(new Library({ apiKey: 'sk', baseURL: provider.url, maxRetries: 0 }));
    const ask = { ...request, model: 'claude-opus-9', max_tokens: 10 };
    await startSession({}, async (session) => {
      guardBy(session, [retry({ max_retries: 1 }), fallback('claude-haiku-9')]);
      expect(await client.messages.create(ask)).toMatchObject({ id: 'msg_1' });
    });
    expect(modelsOf(provider)).toEqual(['claude-opus-9', 'claude-opus-9', 'claude-haiku-9']);
    expect(ask.model).toBe('claude-opus-9');
    expect(attemptsOf(captured)).toEqual([
      ['error', 1, 'claude-opus-9', 'overloaded'],
      ['error', 2, 'claude-opus-9', 'overloaded'],
      ['llm', 3, 'claude-haiku-9'],
    ]);
  });
});

describe('policies about failing calls', () => {
  test('wait no longer than they say, whatever the provider asks for (P4)', async () => {
    const script: Script = (_, count) =>
      count === 1 ? { ...failure(429), headers: { 'retry-after': '3600' } } : { body: completion };
    const { provider } = await under([retry({ max_seconds: 0.05 })], script, create);
    expect(provider.requests.length).toBe(2);
  });

  test('wait for a random part of a delay that grows (P4)', async () => {
    const draw = vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const startedTick = performance.now();
    await under([retry({ base_seconds: 0.2, backoff: 'exponential' })], failing(2), create);
    draw.mockRestore();
    expect(performance.now() - startedTick).toBeGreaterThanOrEqual(300);
  });

  test('count retries for each call by itself, and steps but once (P4, E3)', async () => {
    const script: Script = (_, count) => (count % 2 ? failure(500) : { body: completion });
    const limit = { id: 'steps', type: 'step_limit', condition: { steps_exceeded: 3 } };
    await under(
      [retry({ max_retries: 1 }), { ...limit, action: { type: 'abort' } }],
      script,
      async (client) => {
        for (let call = 0; call < 3; call += 1) await create(client);
        await expect(create(client)).rejects.toThrow('steps 3 ≥ 3');
      },
    );
    expect(captured.events('llm').length).toBe(3);
  });

  test('leave kinds of errors alone that they are not for (P1)', async () => {
    const policies = [
      retry({}, { condition: { on_errors: ['rate_limit'] } }),
      fallback('gpt-5-mini', { condition: { on_errors: ['overloaded'] } }),
    ];
    const { provider, value } = await under(policies, failing(1), (it) => thrown(create(it)));
    expect(value).toBeInstanceOf(OpenAI.InternalServerError);
    expect([provider.requests.length, tracesOf(captured)]).toEqual([1, []]);
  });

  test('in shadow are recorded, and do nothing (P1)', async () => {
    const shadow = { mode: 'shadow' };
    const policies = [retry({}, shadow), fallback('gpt-5-mini', shadow)];
    const { provider } = await under(policies, failing(1), (it) => thrown(create(it)));
    expect(provider.requests.length).toBe(1);
    expect(tracesOf(captured)).toEqual([
      ['again', 'retry', false],
      ['to gpt-5-mini', 'fallback', false],
    ]);
    expect(signalsOf(captured)).toEqual([]);
  });

  test('warn once beside the retries (P2, P3)', async () => {
    const warn = { id: 'warn', type: 'step_limit', condition: { steps_exceeded: 0 } };
    await under([retry(), { ...warn, action: { type: 'warn' } }], failing(2), create);
    expect(tracesOf(captured)).toEqual([
      ['warn', 'warn', true],
      ['again', 'retry', true],
      ['again', 'retry', true],
    ]);
    expect(signalsOf(captured).filter(([subtype]) => subtype === 'step_limit').length).toBe(1);
  });

  test('stop the session rather than repeat a call: abort beats retry (P3)', async () => {
    const limit = { id: 'cost', type: 'cost_limit', condition: { cost_exceeded: 0.5 } };
    const seen: Session[] = [];
    const policies = [retry(), { ...limit, action: { type: 'abort' } }];
    const script: Script = () => {
      seen[0]?.event('llm', { data: { cost_usd: 1 } });
      return failure(500);
    };
    const { provider, value } = await under(policies, script, (client, session) => {
      seen.push(session);
      return thrown(create(client));
    });
    expect(value).toBeInstanceOf(AgentExecutionStoppedError);
    expect((value as Error).message).toContain('cost $1 > $0.5');
    expect([provider.requests.length, tracesOf(captured)]).toEqual([1, [['cost', 'abort', true]]]);
  });
});

describe('operators', () => {
  const untilFailed = () => vi.waitUntil(() => captured.events('error').length === 1);

  test.each([
    ['abort', { reason: 'enough' }, 'An operator stopped this session: enough'],
    ['limit', { steps: 0 }, 'An operator limited this session'],
  ])('are asked between attempts: %s (G3)', async (command, args, text) => {
    const { provider, value } = await under(
      [retry({ base_seconds: 0.3, backoff: 'constant' })],
      () => ({ ...failure(429), headers: { 'retry-after': '0.3' } }),
      async (client, session) => {
        const call = thrown(create(client));
        await untilFailed();
        order(session, command, args);
        return call;
      },
    );
    expect(value).toBeInstanceOf(AgentExecutionStoppedError);
    expect((value as Error).message).toContain(text);
    expect([provider.requests.length, captured.events().length]).toEqual([1, 1]);
  });

  test('cut the wait short when they abort (G3)', async () => {
    const startedTick = performance.now();
    await under(
      [retry()],
      () => ({ ...failure(429), headers: { 'retry-after': '60' } }),
      async (client, session) => {
        const call = thrown(create(client));
        await untilFailed();
        order(session, 'abort');
        await call;
      },
    );
    expect(performance.now() - startedTick).toBeLessThan(20_000);
  });

  test('hold the next attempt while they pause (G3)', async () => {
    const seen: Session[] = [];
    const script: Script = (request, count) => {
      if (count === 1) order(seen[0] as Session, 'pause', { max_seconds: 60 });
      return failing(1)(request, count);
    };
    const { provider } = await under([retry()], script, async (client, session) => {
      seen.push(session);
      const call = create(client);
      await untilFailed();
      await sleep(200);
      expect(captured.events().length).toBe(1);
      order(session, 'resume');
      await call;
    });
    expect(provider.requests.length).toBe(2);
  });

  test('have the last word on the model: of theirs and a fallback the later holds (G3, P4)', async () => {
    const { provider } = await under([fallback('mini')], failing(1), async (client, session) => {
      order(session, 'model', { model: 'theirs' });
      await create(client);
      order(session, 'model', { model: 'last' });
      await create(client);
    });
    expect(modelsOf(provider)).toEqual(['theirs', 'mini', 'last']);
  });
});

describe('a fallback', () => {
  test('is tried once for each model, however many there are', async () => {
    const policies = [fallback('a'), fallback('b')];
    const { provider } = await under(
      policies,
      () => failure(500),
      (it) => thrown(create(it)),
    );
    expect(modelsOf(provider)).toEqual(['gpt-5', 'a', 'b']);
    expect(tracesOf(captured)).toEqual([
      ['to a', 'fallback', true],
      ['to b', 'fallback', true],
      ['to a', 'fallback', false],
    ]);
  });

  test('to a model of another library leaves the failure to the host, and says so', async () => {
    const policies = [fallback('claude-opus-9')];
    const { provider, value } = await under(policies, failing(1), (it) => thrown(create(it)));
    expect(value).toBeInstanceOf(OpenAI.InternalServerError);
    expect([provider.requests.length, tracesOf(captured)]).toEqual([
      1,
      [['to claude-opus-9', 'fallback', false]],
    ]);
  });

  test('is none for embeddings, which are made again with their own model', async () => {
    const ask = { model: 'text-embedding-3-small', input: 'x' };
    const policies = [retry({ max_retries: 1 }), fallback('gpt-5-mini')];
    const { provider } = await under(
      policies,
      () => failure(500),
      (client) => thrown(client.embeddings.create(ask)),
    );
    expect(modelsOf(provider)).toEqual([ask.model, ask.model]);
    expect(tracesOf(captured).at(-1)).toEqual(['to gpt-5-mini', 'fallback', false]);
  });
});

test('a call that the host cancels is never made again, which its event says (E1)', async () => {
  const { provider } = await under(
    [retry(), fallback('mini')],
    () => 'hang',
    (client) =>
      thrown(client.chat.completions.create(request, { signal: AbortSignal.timeout(50) })),
  );
  expect([provider.requests.length, tracesOf(captured)]).toEqual([1, []]);
  expect(captured.events()).toMatchObject([{ data: { kind: 'cancelled', retryable: false } }]);
});

test('the library’s own retries come first, and are inside the attempt (E1)', async () => {
  const provider = await startProvider((_, count) =>
    count <= 2 ? { ...failure(500), headers: { 'retry-after-ms': '1' } } : { body: completion },
  );
  const client = observe(new OpenAI({ apiKey: 'sk', baseURL: provider.url, maxRetries: 1 }));
  await startSession({}, async (session) => {
    guardBy(session, [retry()]);
    await create(client);
  });
  expect(provider.requests.length).toBe(3);
  expect(captured.events()).toMatchObject([
    { type: 'error', data: { attempt: 1, library_retries: 1 } },
    { type: 'llm', data: { attempt: 2 } },
  ]);
});

test('what is no call of a model is never made again: steps and tools (P4)', async () => {
  const fail = vi.fn<() => void>().mockImplementation(() => {
    throw new Error('no');
  });
  await startSession({}, async (session) => {
    guardBy(session, [retry()]);
    await thrown(session.step('once', fail));
  });
  expect(fail).toHaveBeenCalledTimes(1);
});
