import OpenAI from 'openai';
import OpenAI6 from 'openai-6';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { observe, startSession, testing } from '../index.ts';
import { startProvider, type ProviderAnswer } from '../testing/loopback-provider.ts';
import { chatFrames, completion } from '../testing/openai-frames.ts';

let captured: testing.Capture;

beforeEach(() => {
  captured = testing.capture();
});

afterEach(() => {
  captured.stop();
});

const request = {
  model: 'gpt-5',
  messages: [{ role: 'user' as const, content: 'Say hello to them' }],
};

type Data = Record<string, unknown>;
const dataOf = (event: testing.CapturedRecord | undefined) => event?.['data'] as Data;

describe.each([
  ['7', OpenAI],
  ['6', OpenAI6 as unknown as typeof OpenAI],
])('chat completions of openai %s', (_version, Library) => {
  /** The same work by a plain client and by an observed one; what each of them saw. */
  async function twice<T>(
    answer: ProviderAnswer | ((count: number) => ProviderAnswer),
    work: (client: OpenAI) => Promise<T>,
    options: object = {},
  ) {
    const seen: { readonly value: unknown; readonly printed: string }[] = [];
    const requests = [];
    for (const wrap of [(client: OpenAI) => client, (client: OpenAI) => observe(client)]) {
      const provider = await startProvider((_, count) =>
        typeof answer === 'function' ? answer(count) : answer,
      );
      const baseURL = `${provider.url}/v1`;
      const client = new Library({ apiKey: 'sk-test', baseURL, maxRetries: 0, ...options });
      const value = await startSession({}, () => work(wrap(client))).catch((e: unknown) => e);
      seen.push({ value, printed: inspect(value, { depth: 9 }).replaceAll(/:\d+/g, '') });
      requests.push(provider.requests.map(({ body }) => body));
    }
    const events = captured.events();
    const [plain, observed] = seen;
    expect(observed?.printed.replaceAll(/^ +at .*$/gm, '')).toBe(
      plain?.printed.replaceAll(/^ +at .*$/gm, ''),
    );
    return { events, value: observed?.value, requests };
  }

  test('a plain call is one llm event, to the last token (E1, C2)', async () => {
    const { events, value } = await twice({ body: completion }, (client) =>
      client.chat.completions.create(request),
    );
    expect(value).toEqual(completion);
    expect(events.length).toBe(1);
    expect(events[0]).toMatchObject({ type: 'llm', name: 'gpt-5' });
    expect(dataOf(events[0])).toEqual({
      provider: 'openai',
      model: 'gpt-5',
      stream: false,
      attempt: 1,
      response_model: 'gpt-5-2025-08-07',
      response_id: 'chatcmpl-1',
      finish_reason: 'stop',
      input_tokens: 1200,
      output_tokens: 300,
      cache_read_tokens: 1000,
      reasoning_tokens: 250,
    });
    expect(events[0]?.['latency_ms']).toBeGreaterThan(0);
  });

  test('a stream is one event with usage that the host did not ask for and does not see', async () => {
    const collect = async (client: OpenAI) => {
      const stream = await client.chat.completions.create({ ...request, stream: true });
      const chunks = [];
      for await (const chunk of stream) chunks.push(chunk);
      return chunks;
    };
    const provider = await startProvider(({ body }) => {
      const { include_usage: asked } = (body['stream_options'] ?? {}) as {
        include_usage?: boolean;
      };
      return { frames: chatFrames(['Hel', 'lo'], asked === true), gapMs: 5 };
    });
    const plain = new Library({ apiKey: 'sk-test', baseURL: `${provider.url}/v1` });
    const before = await collect(plain);
    const after = await startSession({}, () => collect(observe(plain)));
    expect(inspect(after, { depth: 9 })).toBe(inspect(before, { depth: 9 }));
    expect(captured.events().length).toBe(1);
    const { time_to_first_token_ms: firstMs, ...data } = dataOf(captured.events()[0]);
    expect(data).toMatchObject({ stream: true, input_tokens: 1200, output_tokens: 300 });
    expect(data).toMatchObject({ finish_reason: 'stop', cache_read_tokens: 1000 });
    expect(data).not.toHaveProperty('usage_estimated');
    expect(firstMs).toBeGreaterThan(4);
    expect(firstMs).toBeLessThan(captured.events()[0]?.['latency_ms'] as number);
  });
});
