import Anthropic from '@anthropic-ai/sdk';
import Anthropic0 from 'anthropic-0';
import OpenAI from 'openai';
import OpenAI6 from 'openai-6';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { observe, startSession, testing } from '../index.ts';
import { message } from '../testing/anthropic-frames.ts';
import type { Script } from '../testing/compare-observed.ts';
import { create, failing, failure, modelsOf, thrown, under } from '../testing/failing-provider.ts';
import {
  attemptsOf,
  fallback,
  guardBy,
  retry,
  signalsOf,
  tracesOf,
} from '../testing/guarded-calls.ts';
import { startProvider } from '../testing/loopback-provider.ts';
import { chatRequest as request, completion } from '../testing/openai-frames.ts';

vi.setConfig({ testTimeout: 30_000 });

let captured: testing.Capture;
beforeEach(() => {
  captured = testing.capture();
});
afterEach(() => captured.stop());

describe.each([
  ['7', OpenAI],
  ['6', OpenAI6 as unknown as typeof OpenAI],
])('a failing call of openai %s', (_version, Library) => {
  test('is made again after what the provider asks for; each attempt is one event (P4, E1)', async () => {
    const script: Script = (_, count) =>
      count === 1 ? failure(429, 'no', { 'retry-after': '0.3' }) : { body: completion };
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
      () => failure(429, 'no', { 'retry-after': '60' }),
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
      count <= 2 ? failure(529, 'no', { 'retry-after-ms': '1' }) : { body: message },
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
  const controller = new AbortController();
  const script: Script = () => {
    controller.abort();
    return 'hang';
  };
  const { provider } = await under([retry(), fallback('mini')], script, (client) =>
    thrown(client.chat.completions.create(request, { signal: controller.signal })),
  );
  expect([provider.requests.length, tracesOf(captured)]).toEqual([1, []]);
  expect(captured.events()).toMatchObject([{ data: { kind: 'cancelled', retryable: false } }]);
});

test('the library’s own retries come first, and are inside the attempt (E1)', async () => {
  const provider = await startProvider((_, count) =>
    count <= 2 ? failure(500, 'no', { 'retry-after-ms': '1' }) : { body: completion },
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
