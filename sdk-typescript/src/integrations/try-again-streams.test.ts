import Anthropic from '@anthropic-ai/sdk';
import Anthropic0 from 'anthropic-0';
import OpenAI from 'openai';
import OpenAI6 from 'openai-6';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { observe, startSession, testing } from '../index.ts';
import { messageFrames } from '../testing/anthropic-frames.ts';
import type { Script } from '../testing/compare-observed.ts';
import { modelsOf } from '../testing/failing-provider.ts';
import { attemptsOf, fallback, guardBy, retry, tracesOf } from '../testing/guarded-calls.ts';
import { startProvider } from '../testing/loopback-provider.ts';
import { chatFrames, chatRequest, chatStream, collect, frame } from '../testing/openai-frames.ts';

vi.setConfig({ testTimeout: 30_000 });

let captured: testing.Capture;
beforeEach(() => {
  captured = testing.capture();
});
afterEach(() => captured.stop());

const request = { ...chatRequest, stream: true as const };
const refused = frame({ error: { message: 'Overloaded', type: 'server_error' } });

describe.each([
  ['7', OpenAI],
  ['6', OpenAI6 as unknown as typeof OpenAI],
])('a stream of openai %s', (_version, Library) => {
  async function under<T>(script: Script, work: (client: OpenAI) => Promise<T>) {
    const provider = await startProvider(script);
    const client = observe(new Library({ apiKey: 'sk', baseURL: provider.url, maxRetries: 0 }));
    const value = await startSession({}, (session) => {
      guardBy(session, [retry(), fallback('gpt-5-mini')]);
      return work(client);
    });
    return { provider, value };
  }

  const whole = chatFrames(['Hel', 'lo'], false).length - 1; // but for `[DONE]`

  test('that is refused is asked for again, and read to its end (P4)', async () => {
    const { provider, value } = await under(
      (it, count) =>
        count <= 3
          ? { status: 503, body: { error: { message: 'no' } } }
          : chatStream(['Hel', 'lo'])(it, count),
      async (client) => collect(await client.chat.completions.create(request)),
    );
    expect(value.length).toBe(whole);
    expect(modelsOf(provider)).toEqual(['gpt-5', 'gpt-5', 'gpt-5', 'gpt-5-mini']);
    expect(attemptsOf(captured).map(([type]) => type)).toEqual(['error', 'error', 'error', 'llm']);
    // What was asked of the first attempt beside the host's own is asked of all, and kept from it.
    for (const { body } of provider.requests) {
      expect(body['stream_options']).toEqual({ include_usage: true });
    }
  });

  test.each([
    ['an error as its first event', { frames: [refused] }],
    ['a connection that breaks', { frames: [], isCut: true }],
  ])('that fails at its opening, by %s, is opened again in the host’s hands', async (_, answer) => {
    const { provider, value } = await under(
      (it, count) => (count === 1 ? answer : chatStream(['Hel', 'lo'])(it, count)),
      async (client) => {
        const stream = await client.chat.completions.create(request);
        return collect(stream);
      },
    );
    expect(value.length).toBe(whole);
    expect(provider.requests.length).toBe(2);
    expect(attemptsOf(captured).map((it) => it.slice(0, 3))).toEqual([
      ['error', 1, 'gpt-5'],
      ['llm', 2, 'gpt-5'],
    ]);
    expect(captured.events('llm')[0]?.['data']).toMatchObject({ input_tokens: 1200 });
  });

  test('that breaks when the host has seen a piece of it is not, and its event says so (P4)', async () => {
    const { provider, value } = await under(
      () => ({ frames: chatFrames(['Hel', 'lo'], false).slice(0, 2), isCut: true }),
      async (client) => {
        const stream = await client.chat.completions.create(request);
        return collect(stream).catch((error: unknown) => error);
      },
    );
    expect(value).toBeInstanceOf(Error);
    expect([provider.requests.length, tracesOf(captured)]).toEqual([1, []]);
    expect(captured.events()).toMatchObject([{ type: 'error', data: { retryable: false } }]);
  });

  test('that is left after it was opened again is closed', async () => {
    const { provider } = await under(
      (_, count) =>
        count === 1
          ? { frames: [refused] }
          : { frames: chatFrames(['Hel', 'lo'], false), gapMs: 50 },
      async (client) => {
        const stream = await client.chat.completions.create(request);
        for await (const chunk of stream) if (chunk.choices[0]?.delta.content === 'Hel') break;
      },
    );
    await vi.waitUntil(() => provider.abandoned() >= 1);
    expect(captured.events('llm')).toMatchObject([{ data: { interrupted: true, attempt: 2 } }]);
  });

  test('that the host stops by its controller after it was opened again is closed', async () => {
    const { provider } = await under(
      (_, count) =>
        count === 1
          ? { frames: [refused] }
          : { frames: chatFrames(['Hel', 'lo'], false), gapMs: 300 },
      async (client) => {
        const stream = await client.chat.completions.create(request);
        for await (const chunk of stream) {
          if (chunk.choices[0]?.delta.content === 'Hel') stream.controller.abort();
        }
      },
    );
    await vi.waitUntil(() => provider.abandoned() >= 1);
  });

  test('that the host reads raw is asked for again only before its head (P4)', async () => {
    const { provider, value } = await under(
      (it, count) =>
        count === 1 ? { status: 500, body: {} } : chatStream(['Hel', 'lo'])(it, count),
      async (client) => {
        const response = await client.chat.completions.create(request).asResponse();
        return response.text();
      },
    );
    expect(value).toBe(chatFrames(['Hel', 'lo'], false).join(''));
    expect(provider.requests.length).toBe(2);
    for (const { body } of provider.requests) expect(body).not.toHaveProperty('stream_options');
  });

  test('of the library’s helper is opened again, its usage kept from the host as before', async () => {
    const { provider, value } = await under(
      (it, count) => (count === 1 ? { frames: [refused] } : chatStream(['Hel', 'lo'])(it, count)),
      async (client) => {
        const stream = client.chat.completions.stream(chatRequest);
        return (await stream.finalChatCompletion()).choices[0]?.message.content;
      },
    );
    expect(value).toBe('Hello');
    expect(provider.requests.length).toBe(2);
    expect(attemptsOf(captured).map((it) => it.slice(0, 3))).toEqual([
      ['error', 1, 'gpt-5'],
      ['llm', 2, 'gpt-5'],
    ]);
  });
});

describe.each([
  ['1', Anthropic],
  ['0', Anthropic0 as unknown as typeof Anthropic],
])('the stream helper of anthropic %s', (_version, Library) => {
  test('is opened again, with the other model in the end (P4)', async () => {
    const overloaded =
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error"}}\n\n';
    const provider = await startProvider((_, count) =>
      count <= 2 ? { frames: [overloaded] } : { frames: messageFrames(['Hel', 'lo']) },
    );
    const client = observe(new Library({ apiKey: 'sk', baseURL: provider.url, maxRetries: 0 }));
    const ask = { ...chatRequest, model: 'claude-opus-9', max_tokens: 10 };
    const text = await startSession({}, (session) => {
      guardBy(session, [retry({ max_retries: 1 }), fallback('claude-haiku-9')]);
      return client.messages.stream(ask).finalText();
    });
    expect(text).toBe('Hello');
    expect(modelsOf(provider)).toEqual(['claude-opus-9', 'claude-opus-9', 'claude-haiku-9']);
    expect(attemptsOf(captured)).toEqual([
      ['error', 1, 'claude-opus-9', 'overloaded'],
      ['error', 2, 'claude-opus-9', 'overloaded'],
      ['llm', 3, 'claude-haiku-9'],
    ]);
  });
});
