import OpenAI from 'openai';
import OpenAI6 from 'openai-6';
import { describe, expect, test } from 'vitest';
import { compareObserved, dataOf } from '../testing/compare-observed.ts';
import { collect, frame } from '../testing/openai-frames.ts';

const request = { model: 'gpt-5', instructions: 'Be kind', input: 'Say hello to them' };

const answer = {
  id: 'resp_1',
  object: 'response',
  created_at: 1_760_000_000,
  status: 'completed',
  error: null,
  incomplete_details: null,
  model: 'gpt-5-2025-08-07',
  output: [
    {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: 'Hello there', annotations: [] }],
    },
  ],
  usage: {
    input_tokens: 90,
    input_tokens_details: { cached_tokens: 64 },
    output_tokens: 30,
    output_tokens_details: { reasoning_tokens: 20 },
    total_tokens: 120,
  },
};
const usage = {
  input_tokens: 90,
  output_tokens: 30,
  cache_read_tokens: 64,
  reasoning_tokens: 20,
};

/** Frames of a streamed response; `last` is its final event. */
function responseFrames(texts: readonly string[], last: object): string[] {
  const begun = { ...answer, status: 'in_progress', output: [], usage: null };
  const part = { item_id: 'msg_1', output_index: 0, content_index: 0 };
  const item = { ...answer.output[0], status: 'in_progress', content: [] };
  const empty = { type: 'output_text', text: '', annotations: [] };
  const events = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    { type: 'response.output_item.added', output_index: 0, item },
    { type: 'response.content_part.added', ...part, part: empty },
    ...texts.map((delta) => ({ type: 'response.output_text.delta', ...part, delta })),
    last,
  ];
  return events.map((event, at) => frame({ ...event, sequence_number: at }));
}
const completed = { type: 'response.completed', response: answer };

describe.each([
  ['7', OpenAI],
  ['6', OpenAI6 as unknown as typeof OpenAI],
])('openai %s', (_version, Library) => {
  const make = (url: string) =>
    new Library({ apiKey: 'sk-test', baseURL: `${url}/v1`, maxRetries: 0 });

  describe('responses', () => {
    test('a plain call is one llm event, to the last token (E1, C2)', async () => {
      const { events, value } = await compareObserved(
        make,
        () => ({ body: answer }),
        (client) => client.responses.create(request),
        { captureContent: true },
      );
      expect(value.output_text).toBe('Hello there');
      expect(events.length).toBe(1);
      expect(dataOf(events[0])).toEqual({
        provider: 'openai',
        model: 'gpt-5',
        stream: false,
        attempt: 1,
        input: { instructions: 'Be kind', input: 'Say hello to them' },
        response_model: 'gpt-5-2025-08-07',
        response_id: 'resp_1',
        finish_reason: 'completed',
        output: answer.output,
        ...usage,
      });
    });

    test('one that ran out of tokens says why it finished', async () => {
      const cut = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
      const { events } = await compareObserved(
        make,
        () => ({ body: { ...answer, ...cut } }),
        (client) => client.responses.create({ ...request, input: 'x' }),
      );
      expect(dataOf(events[0])).toMatchObject({ finish_reason: 'max_output_tokens', ...usage });
    });

    test('a stream is one event with the usage of its last one (C2)', async () => {
      const { events, value } = await compareObserved(
        make,
        () => ({ frames: responseFrames(['Hel', 'lo'], completed), gapMs: 4 }),
        async (client) => collect(await client.responses.create({ ...request, stream: true })),
      );
      expect(value.length).toBe(7);
      expect(events.length).toBe(1);
      expect(dataOf(events[0])).toMatchObject({
        stream: true,
        response_id: 'resp_1',
        finish_reason: 'completed',
        ...usage,
      });
      expect(dataOf(events[0])['time_to_first_token_ms']).toBeGreaterThan(4);
    });

    test('a stream that ends incomplete is whole: it says so itself', async () => {
      const reason = { status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
      const last = { type: 'response.incomplete', response: { ...answer, ...reason } };
      const { events } = await compareObserved(
        make,
        () => ({ frames: responseFrames(['Hel'], last) }),
        async (client) => collect(await client.responses.create({ ...request, stream: true })),
      );
      expect(dataOf(events[0])).toMatchObject({ finish_reason: 'content_filter', ...usage });
      expect(dataOf(events[0])).not.toHaveProperty('interrupted');
    });

    test('the library’s own stream helper is counted once', async () => {
      const { events, value } = await compareObserved(
        make,
        () => ({ frames: responseFrames(['Hello', ' there'], completed) }),
        async (client) => (await client.responses.stream(request).finalResponse()).output_text,
      );
      expect(value).toBe('Hello there');
      expect(events.length).toBe(1);
      expect(dataOf(events[0])).toMatchObject({ stream: true, ...usage });
    });

    test('a stream that the host leaves early is estimated and marked (C2)', async () => {
      const words = Array.from({ length: 100 }, () => 'word ');
      const { events, providers } = await compareObserved(
        make,
        () => ({ frames: responseFrames(words, completed), gapMs: 5 }),
        async (client) => {
          for await (const event of await client.responses.create({ ...request, stream: true })) {
            if (event.type === 'response.output_text.delta') break;
          }
        },
        { captureContent: true },
      );
      await expect.poll(() => providers[1].abandoned()).toBe(1);
      const data = dataOf(events[0]);
      expect(data).toMatchObject({
        interrupted: true,
        usage_estimated: true,
        response_id: 'resp_1',
      });
      expect(data).toMatchObject({ input_tokens: 6, output_tokens: 2 });
      expect(data).not.toHaveProperty('finish_reason');
      expect(data['output']).toEqual([{ role: 'assistant', content: 'word ' }]);
    });

    test('a stream that breaks is one error event (E1)', async () => {
      const frames = responseFrames(['Hello'], completed).slice(0, 5);
      const { events } = await compareObserved(
        make,
        () => ({ frames, isCut: true }),
        async (client) => collect(await client.responses.create({ ...request, stream: true })),
      );
      expect(events.map(({ type }) => type)).toEqual(['error']);
      expect(dataOf(events[0])).toMatchObject({ kind: 'connection', output_tokens: 2 });
    });

    test('a refused call is one error event (E1, E2)', async () => {
      const error = { message: 'No such model', code: 'model_not_found' };
      const { events } = await compareObserved(
        make,
        () => ({ status: 404, body: { error } }),
        (client) => client.responses.create(request),
      );
      expect(events.map(({ type }) => type)).toEqual(['error']);
      expect(dataOf(events[0])).toMatchObject({ kind: 'not_found', model: 'gpt-5' });
    });

    test('reading a stored response again is no call of the model', async () => {
      const { events } = await compareObserved(
        make,
        () => ({ body: answer }),
        (client) => client.responses.cancel('resp_1'),
      );
      expect(events).toEqual([]);
    });
  });

  describe('embeddings', () => {
    const list = (encoding: unknown) => ({
      object: 'list',
      data: [
        {
          object: 'embedding',
          index: 0,
          embedding:
            encoding === 'base64'
              ? Buffer.from(new Float32Array([0.5, -1]).buffer).toString('base64')
              : [0.5, -1],
        },
      ],
      model: 'text-embedding-3-small',
      usage: { prompt_tokens: 8, total_tokens: 8 },
    });

    test.each([
      ['as the library asks for them', {}],
      ['as numbers', { encoding_format: 'float' as const }],
    ])('%s are one llm event without a vector in it (E1)', async (_name, options) => {
      const { events, value } = await compareObserved(
        make,
        ({ body }) => ({ body: list(body['encoding_format']) }),
        (client) =>
          client.embeddings.create({ model: 'text-embedding-3-small', input: 'x y', ...options }),
        { captureContent: true },
      );
      expect([...(value.data[0]?.embedding ?? [])]).toEqual([0.5, -1]);
      expect(events.map(({ type }) => type)).toEqual(['llm']);
      expect(dataOf(events[0])).toEqual({
        provider: 'openai',
        model: 'text-embedding-3-small',
        stream: false,
        attempt: 1,
        input: 'x y',
        response_model: 'text-embedding-3-small',
        input_tokens: 8,
        output_tokens: 0,
      });
    });

    test('a failed call is one error event (E1)', async () => {
      const { events } = await compareObserved(
        make,
        () => ({ status: 500, body: {} }),
        (client) => client.embeddings.create({ model: 'text-embedding-3-small', input: 'x' }),
      );
      expect(events.map((event) => dataOf(event)['kind'])).toEqual(['server_error']);
    });
  });
});
