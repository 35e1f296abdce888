import Anthropic from '@anthropic-ai/sdk';
import Anthropic0 from 'anthropic-0';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { message, messageFrames, named } from '../testing/anthropic-frames.ts';
import { compareObserved, dataOf, type Script } from '../testing/compare-observed.ts';
import { collect } from '../testing/openai-frames.ts';

const request = {
  model: 'claude-sonnet-9',
  max_tokens: 1024,
  messages: [{ role: 'user' as const, content: 'Say hello to them' }],
};

/** Input with the three kinds of cached tokens in it. */
const inputUsage = {
  input_tokens: 8100,
  cache_read_tokens: 5000,
  cache_write_5m_tokens: 1000,
  cache_write_1h_tokens: 2000,
};

const streamed =
  (texts: readonly string[], gapMs = 0): Script =>
  () => ({ frames: messageFrames(texts), gapMs });
const manyWords = Array.from({ length: 200 }, () => 'word ');

describe.each([
  ['1', Anthropic],
  ['0', Anthropic0 as unknown as typeof Anthropic],
])('messages of @anthropic-ai/sdk %s', (_version, Library) => {
  const make =
    (options: object = {}) =>
    (url: string) =>
      new Library({ apiKey: 'sk-test', baseURL: url, maxRetries: 0, ...options });

  test('a plain call is one llm event, to the last token (E1, C2)', async () => {
    const { events, value, providers } = await compareObserved(
      make(),
      () => ({ body: message }),
      (client) => client.messages.create(request),
    );
    expect(value).toEqual(message);
    expect(events.length).toBe(1);
    expect(events[0]).toMatchObject({ type: 'llm', name: 'claude-sonnet-9' });
    expect(dataOf(events[0])).toEqual({
      provider: 'anthropic',
      model: 'claude-sonnet-9',
      stream: false,
      attempt: 1,
      response_model: 'claude-sonnet-9-20260901',
      response_id: 'msg_1',
      finish_reason: 'end_turn',
      output_tokens: 1,
      ...inputUsage,
    });
    expect(providers[1].requests.map(({ body }) => body)).toEqual([request]);
  });

  test('content is sent where it is captured, the system text too', async () => {
    const { events } = await compareObserved(
      make(),
      () => ({ body: message }),
      (client) => client.messages.create({ ...request, system: 'Be kind' }),
      { captureContent: true },
    );
    expect(dataOf(events[0])).toMatchObject({
      input: { system: 'Be kind', messages: request.messages },
      output: [{ role: 'assistant', content: [{ type: 'text', text: 'Hello there' }] }],
    });
  });

  test('the beta messages are counted too, and a count of tokens is no call', async () => {
    const { events } = await compareObserved(
      make(),
      ({ path }) => ({ body: path.includes('count_tokens') ? { input_tokens: 3 } : message }),
      async (client) => {
        await client.messages.countTokens(request);
        return client.beta.messages.create(request);
      },
    );
    expect(events.map(({ type }) => type)).toEqual(['llm']);
  });

  test('parallel calls are kept apart (E1)', async () => {
    const { events } = await compareObserved(
      make(),
      ({ body }) => ({ body: { ...message, id: `msg_${String(body['max_tokens'])}` } }),
      (client) => {
        const ask = (max_tokens: number) => client.messages.create({ ...request, max_tokens });
        return Promise.all([1, 2, 3, 4].map(ask));
      },
    );
    const ids = events.map((event) => dataOf(event)['response_id']);
    expect(ids.toSorted()).toEqual(['msg_1', 'msg_2', 'msg_3', 'msg_4']);
  });

  describe('a stream', () => {
    test('is one event; its figures overwrite, they do not add (C2)', async () => {
      const { events, value } = await compareObserved(
        make(),
        streamed(['Hel', 'lo'], 5),
        async (client) => collect(await client.messages.create({ ...request, stream: true })),
        { captureContent: true },
      );
      expect(value.length).toBe(7);
      expect(events.length).toBe(1);
      const { time_to_first_token_ms: firstMs, ...data } = dataOf(events[0]);
      expect(data).toEqual({
        provider: 'anthropic',
        model: 'claude-sonnet-9',
        stream: true,
        attempt: 1,
        input: request.messages,
        response_model: 'claude-sonnet-9-20260901',
        response_id: 'msg_1',
        finish_reason: 'end_turn',
        output: [{ role: 'assistant', content: [{ type: 'text', text: 'Hello' }] }],
        output_tokens: 200,
        ...inputUsage,
      });
      expect(firstMs).toBeGreaterThan(4);
      expect(firstMs).toBeLessThan(events[0]?.['latency_ms'] as number);
    });

    test('is counted once through the library’s own helper', async () => {
      const { events, value } = await compareObserved(
        make(),
        streamed(['Hel', 'lo']),
        async (client) => {
          const heard: string[] = [];
          const helper = client.messages.stream(request).on('text', (piece) => heard.push(piece));
          const final = await helper.finalMessage();
          return { heard, final };
        },
      );
      expect(value.heard).toEqual(['Hel', 'lo']);
      expect(value.final.content).toMatchObject([{ type: 'text', text: 'Hello' }]);
      expect(events.length).toBe(1);
      expect(dataOf(events[0])).toMatchObject({ stream: true, output_tokens: 200, ...inputUsage });
    });

    test('of the helper that is read by iteration and left early is interrupted', async () => {
      const { events, providers } = await compareObserved(
        make(),
        streamed(manyWords, 5),
        async (client) => {
          for await (const event of client.messages.stream(request)) {
            if (event.type === 'content_block_delta') break;
          }
        },
      );
      await expect.poll(() => providers[1].abandoned()).toBe(1);
      expect(events.map(({ type }) => type)).toEqual(['llm']);
      expect(dataOf(events[0])).toMatchObject({ interrupted: true, ...inputUsage });
    });

    test('of the helper that is aborted is told to the host as without us', async () => {
      const { events, error } = await compareObserved(
        make(),
        streamed(manyWords, 5),
        async (client) => {
          const helper = client.messages.stream(request);
          helper.on('text', () => helper.abort());
          return helper.finalText();
        },
      );
      expect(error?.constructor.name).toBe('APIUserAbortError');
      expect(events.map(({ type }) => type)).toEqual(['llm', 'error']);
      expect(dataOf(events[0])).toMatchObject({ interrupted: true });
      expect(dataOf(events[1])).toMatchObject({ kind: 'cancelled' });
    });

    test('that uses a tool puts its input together', async () => {
      const piece = (text: string) =>
        named('content_block_delta', {
          index: 0,
          delta: { type: 'input_json_delta', partial_json: text },
        });
      const tool = { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} };
      const [start = ''] = messageFrames([]);
      const frames = [
        start,
        named('content_block_start', { index: 0, content_block: tool }),
        piece('{"q":'),
        piece('"x"}'),
        named('content_block_stop', { index: 0 }),
        named('message_delta', { delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 9 } }),
        named('message_stop', {}),
      ];
      const { events } = await compareObserved(
        make(),
        () => ({ frames }),
        async (client) => collect(await client.messages.create({ ...request, stream: true })),
        { captureContent: true },
      );
      const content = [{ type: 'tool_use', id: 'toolu_1', name: 'look', input: { q: 'x' } }];
      expect(dataOf(events[0])).toMatchObject({
        finish_reason: 'tool_use',
        output_tokens: 9,
        output: [{ role: 'assistant', content }],
      });
    });

    test('that the host leaves early keeps its input and estimates the rest (C2)', async () => {
      const { events, providers } = await compareObserved(
        make(),
        streamed(manyWords, 5),
        async (client) => {
          let words = 0;
          for await (const event of await client.messages.create({ ...request, stream: true })) {
            if (event.type === 'content_block_delta') words += 1;
            if (words === 8) break;
          }
        },
      );
      await expect.poll(() => providers[1].abandoned()).toBe(1);
      expect(dataOf(events[0])).toMatchObject({
        interrupted: true,
        usage_estimated: true,
        output_tokens: 10,
        ...inputUsage,
      });
    });

    test('that is refused under way is one error event with what was spent (E1, E2)', async () => {
      const overloaded = { error: { type: 'overloaded_error', message: 'Overloaded' } };
      const { events, error } = await compareObserved(
        make(),
        () => ({ frames: [...messageFrames(['Hello']).slice(0, 4), named('error', overloaded)] }),
        async (client) => collect(await client.messages.create({ ...request, stream: true })),
      );
      expect(error).toBeInstanceOf(Library.APIError);
      expect(events.map(({ type }) => type)).toEqual(['error']);
      expect(dataOf(events[0])).toMatchObject({ kind: 'overloaded', interrupted: true });
      expect(dataOf(events[0])).toMatchObject({ output_tokens: 2, ...inputUsage });
    });

    test('that breaks is one error event (E1)', async () => {
      const { events } = await compareObserved(
        make(),
        () => ({ frames: messageFrames(['Hello']).slice(0, 4), isCut: true }),
        async (client) => collect(await client.messages.create({ ...request, stream: true })),
      );
      expect(events.map(({ type }) => type)).toEqual(['error']);
      expect(dataOf(events[0])).toMatchObject({ kind: 'connection', interrupted: true });
    });
  });

  test.each([
    ['withResponse()', false],
    ['asResponse()', true],
  ])('a raw answer by %s is counted', async (_name, isRaw) => {
    const { events, value } = await compareObserved(
      make(),
      () => ({ body: message }),
      async (client) => {
        const call = client.messages.create(request);
        if (!isRaw) return (await call.withResponse()).data;
        const answer: unknown = await (await call.asResponse()).json();
        await sleep(5);
        return answer;
      },
    );
    expect(value).toEqual(message);
    expect(events.length).toBe(1);
    expect(dataOf(events[0])).toMatchObject(inputUsage);
  });

  describe('a call that fails', () => {
    const fails = (script: Script, options: object = {}) =>
      compareObserved(make(options), script, (client) => client.messages.create(request));

    test.each([
      [429, 'rate_limit', 'rate_limit_error'],
      [529, 'overloaded', 'overloaded_error'],
      [500, 'server_error', 'api_error'],
      [403, 'permission', 'permission_error'],
    ])('with %i is one error event: %s (E1, E2)', async (status, kind, type) => {
      const body = { type: 'error', error: { type, message: 'No' } };
      const { events } = await fails(() => ({ status, body }));
      expect(events.map((event) => event['type'])).toEqual(['error']);
      expect(dataOf(events[0])).toMatchObject({
        kind,
        provider: 'anthropic',
        model: 'claude-sonnet-9',
        attempt: 1,
      });
    });

    test('at first, and is retried by the library as told, is one llm event (E1)', async () => {
      const headers = { 'retry-after-ms': '5' };
      const { events } = await fails(
        (_, count) => (count === 1 ? { status: 429, body: {}, headers } : { body: message }),
        { maxRetries: 2 },
      );
      expect(events.map(({ type }) => type)).toEqual(['llm']);
      expect(dataOf(events[0])).toMatchObject({ library_retries: 1, ...inputUsage });
    });

    test('for want of an answer in time is a time-out', async () => {
      const { events } = await fails(() => 'hang', { timeout: 60 });
      expect(events.map((event) => dataOf(event)['kind'])).toEqual(['timeout']);
    });

    test('since the host cancelled it is cancelled (E1)', async () => {
      const { events } = await compareObserved(
        make(),
        () => 'hang',
        (client) => client.messages.create(request, { signal: AbortSignal.timeout(50) }),
      );
      expect(events.map((event) => dataOf(event)['kind'])).toEqual(['cancelled']);
    });

    test('for its answer is no JSON is one error event', async () => {
      const { events } = await fails(() => ({ body: '{"id": "msg_' }));
      expect(events.map(({ type }) => type)).toEqual(['error']);
    });
  });

  test.each([
    ['words', 'an answer in words', { 'content-type': 'text/plain' }],
    ['null', 'null', {}],
    ['odd fields', { id: 7, content: 'none', usage: [] }, {}],
  ])('an answer of %s is passed on and is one event', async (_name, body, headers) => {
    const { events, warnings } = await compareObserved(
      make(),
      () => ({ body, headers }),
      (client) => client.messages.create(request),
    );
    expect(events.map(({ type }) => type)).toEqual(['llm']);
    expect(warnings).toEqual([]);
  });
});
