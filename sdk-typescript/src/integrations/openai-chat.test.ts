import OpenAI from 'openai';
import OpenAI6 from 'openai-6';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { compareObserved, dataOf, type Script } from '../testing/compare-observed.ts';
import { chatFrames, chunkHead, completion, frame } from '../testing/openai-frames.ts';

const request = {
  model: 'gpt-5',
  messages: [{ role: 'user' as const, content: 'Say hello to them' }],
};

/** A stream in the way of OpenAI: usage where it was asked for. */
const stream =
  (texts: readonly string[], gapMs = 0): Script =>
  ({ body }) => {
    const asked = (body['stream_options'] ?? {}) as { include_usage?: boolean };
    return { frames: chatFrames(texts, asked.include_usage === true), gapMs };
  };

async function collect<T>(chunks: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const chunk of chunks) seen.push(chunk);
  return seen;
}

const wholeUsage = {
  input_tokens: 1200,
  output_tokens: 300,
  cache_read_tokens: 1000,
  reasoning_tokens: 250,
};

describe.each([
  ['7', OpenAI],
  ['6', OpenAI6 as unknown as typeof OpenAI],
])('chat completions of openai %s', (_version, Library) => {
  const make =
    (options: object = {}) =>
    (url: string) =>
      new Library({ apiKey: 'sk-test', baseURL: `${url}/v1`, maxRetries: 0, ...options });

  test('a plain call is one llm event, to the last token (E1, C2)', async () => {
    const { events, value, providers } = await compareObserved(
      make(),
      () => ({ body: completion }),
      (client) => client.chat.completions.create(request),
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
      ...wholeUsage,
    });
    expect(events[0]?.['latency_ms']).toBeGreaterThan(0);
    expect(providers[1].requests.map(({ body }) => body)).toEqual([request]);
  });

  test('content is sent where it is captured', async () => {
    const { events } = await compareObserved(
      make(),
      () => ({ body: completion }),
      (client) => client.chat.completions.create(request),
      { captureContent: true },
    );
    expect(dataOf(events[0])).toMatchObject({
      input: request.messages,
      output: [{ role: 'assistant', content: 'Hello there' }],
    });
  });

  test('tool calls of parallel calls are kept apart (E1)', async () => {
    const answer = (name: string) => ({
      ...completion,
      id: name,
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: null,
            tool_calls: [
              { id: `call_${name}`, type: 'function', function: { name, arguments: '{}' } },
            ],
          },
          finish_reason: 'tool_calls',
        },
      ],
    });
    const { events } = await compareObserved(
      make(),
      ({ body }) => ({ body: answer(String(body['user'])) }),
      (client) => {
        const ask = (user: string) => client.chat.completions.create({ ...request, user });
        return Promise.all(['a', 'b', 'c', 'd'].map(ask));
      },
      { captureContent: true },
    );
    const calls = events.map((event) => dataOf(event));
    expect(calls.map((data) => data['response_id']).toSorted()).toEqual(['a', 'b', 'c', 'd']);
    for (const { finish_reason: reason, response_id: id, output } of calls) {
      expect(reason).toBe('tool_calls');
      expect(output).toMatchObject([{ tool_calls: [{ id: `call_${String(id)}` }] }]);
    }
  });

  describe('a stream', () => {
    const ask = (client: OpenAI) => client.chat.completions.create({ ...request, stream: true });

    test('is one event with usage that the host neither asked for nor sees (C2)', async () => {
      const { events, value, providers } = await compareObserved(
        make(),
        stream(['Hel', 'lo'], 5),
        async (client) => collect(await ask(client)),
        { captureContent: true },
      );
      expect(value.length).toBe(4);
      expect(providers[1].requests[0]?.body['stream_options']).toEqual({ include_usage: true });
      expect(events.length).toBe(1);
      const { time_to_first_token_ms: firstMs, ...data } = dataOf(events[0]);
      expect(data).toEqual({
        provider: 'openai',
        model: 'gpt-5',
        stream: true,
        attempt: 1,
        input: request.messages,
        response_model: 'gpt-5-2025-08-07',
        response_id: 'chatcmpl-1',
        finish_reason: 'stop',
        output: [{ role: 'assistant', content: 'Hello' }],
        ...wholeUsage,
      });
      expect(firstMs).toBeGreaterThan(4);
      expect(firstMs).toBeLessThan(events[0]?.['latency_ms'] as number);
    });

    test('that asks for usage itself sees it', async () => {
      const { events, value } = await compareObserved(make(), stream(['Hi']), async (client) => {
        const stream_options = { include_usage: true };
        return collect(
          await client.chat.completions.create({ ...request, stream: true, stream_options }),
        );
      });
      expect(value.at(-1)?.usage?.prompt_tokens).toBe(1200);
      expect(dataOf(events[0])).toMatchObject(wholeUsage);
    });

    test('is not asked for usage where that might refuse it: estimated, and marked', async () => {
      const { events, providers } = await compareObserved(
        (url) =>
          make({
            fetch: (_: string, init: RequestInit) => fetch(`${url}/chat/completions`, init),
          })('https://llm.example.com'),
        stream(['Hello', ' there']),
        async (client) => collect(await ask(client)),
      );
      expect(providers[1].requests[0]?.body).not.toHaveProperty('stream_options');
      expect(dataOf(events[0])).toMatchObject({
        input_tokens: 6,
        output_tokens: 3,
        usage_estimated: true,
      });
      expect(dataOf(events[0])).not.toHaveProperty('interrupted');
    });

    test('with tool calls puts their pieces together', async () => {
      const piece = (index: number, fields: object, args: string) =>
        frame({
          ...chunkHead,
          choices: [
            {
              index: 0,
              delta: {
                tool_calls: [{ index, ...fields, function: { ...fields, arguments: args } }],
              },
              finish_reason: null,
            },
          ],
        });
      const frames = [
        piece(0, { id: 'call_1', name: 'look' }, ''),
        piece(0, {}, '{"q":'),
        piece(1, { id: 'call_2', name: 'find' }, '{}'),
        piece(0, {}, '"x"}'),
        frame({ ...chunkHead, choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] }),
        'data: [DONE]\n\n',
      ];
      const { events } = await compareObserved(
        make(),
        () => ({ frames }),
        async (client) => collect(await ask(client)),
        { captureContent: true },
      );
      expect(dataOf(events[0])).toMatchObject({
        finish_reason: 'tool_calls',
        output: [
          {
            tool_calls: [
              { id: 'call_1', function: { name: 'look', arguments: '{"q":"x"}' } },
              { id: 'call_2', function: { name: 'find', arguments: '{}' } },
            ],
          },
        ],
      });
    });

    test('that the host leaves early is estimated and marked, and the request ends (C2)', async () => {
      const { events, providers } = await compareObserved(
        make(),
        stream(
          Array.from({ length: 200 }, () => 'word '),
          5,
        ),
        async (client) => {
          for await (const chunk of await ask(client)) {
            if (chunk.choices[0]?.delta.content) break;
          }
        },
      );
      expect(events.map(({ type }) => type)).toEqual(['llm']);
      expect(dataOf(events[0])).toMatchObject({
        interrupted: true,
        usage_estimated: true,
        input_tokens: 6,
        output_tokens: 2,
      });
      await expect.poll(() => providers.map(({ abandoned }) => abandoned())).toEqual([1, 1]);
    });

    test('that is cancelled while it is read is interrupted', async () => {
      const { events } = await compareObserved(
        make(),
        stream(
          Array.from({ length: 200 }, () => 'word '),
          5,
        ),
        async (client) => {
          const chunks = await ask(client);
          for await (const chunk of chunks) {
            if (chunk.choices[0]?.delta.content) chunks.controller.abort();
          }
        },
      );
      expect(events.map(({ type }) => type)).toEqual(['llm']);
      expect(dataOf(events[0])).toMatchObject({ interrupted: true, input_tokens: 6 });
    });

    test('that breaks is one error event, which says what was spent (E1, E2)', async () => {
      const { events, error } = await compareObserved(
        make(),
        () => ({ frames: chatFrames(['Hello there'], false).slice(0, 2), isCut: true }),
        async (client) => collect(await ask(client)),
      );
      expect(error).not.toBe(null);
      expect(events.map(({ type }) => type)).toEqual(['error']);
      expect(dataOf(events[0])).toMatchObject({
        kind: 'connection',
        provider: 'openai',
        model: 'gpt-5',
        attempt: 1,
        stream: true,
        interrupted: true,
        input_tokens: 6,
        output_tokens: 3,
      });
    });

    test('that ends without its end is interrupted', async () => {
      const { events } = await compareObserved(
        make(),
        () => ({ frames: chatFrames(['Hello'], false).slice(0, 2) }),
        async (client) => collect(await ask(client)),
      );
      expect(dataOf(events[0])).toMatchObject({ interrupted: true, output_tokens: 2 });
    });

    test('is followed through tee() and toReadableStream()', async () => {
      const { events } = await compareObserved(make(), stream(['a', 'b']), async (client) => {
        const [left, right] = (await ask(client)).tee();
        const both = [await collect(left), await collect(right)];
        const text = await new Response((await ask(client)).toReadableStream()).text();
        return { both, text };
      });
      expect(events.map((event) => dataOf(event)['output_tokens'])).toEqual([300, 300]);
    });

    test('is counted once through the library’s own helper', async () => {
      const { events } = await compareObserved(make(), stream(['Hel', 'lo']), async (client) => {
        const runner = client.chat.completions.stream(request);
        const heard: string[] = [];
        runner.on('content', (piece) => heard.push(piece));
        return { heard, text: await runner.finalContent() };
      });
      expect(events.length).toBe(1);
      expect(dataOf(events[0])).toMatchObject({ stream: true, ...wholeUsage });
    });

    test('that nobody reads is settled when the session ends', async () => {
      const { events } = await compareObserved(make(), stream(['Hi']), async (client) => {
        await ask(client);
      });
      expect(dataOf(events[0])).toMatchObject({ interrupted: true, output_tokens: 0 });
    });
  });

  describe('a raw answer', () => {
    test('comes with the read one', async () => {
      const { events, value } = await compareObserved(
        make(),
        () => ({ body: completion }),
        async (client) => {
          const { data, response, request_id } = await client.chat.completions
            .create(request)
            .withResponse();
          return {
            data,
            status: response.status,
            isReal: response instanceof Response,
            request_id,
          };
        },
      );
      expect(value).toMatchObject({ status: 200, isReal: true, request_id: 'req_1' });
      expect(events.length).toBe(1);
      expect(dataOf(events[0])).toMatchObject(wholeUsage);
    });

    test('that only the host reads is counted all the same', async () => {
      const { events, value } = await compareObserved(
        make(),
        () => ({ body: completion }),
        async (client) => {
          const response = await client.chat.completions.create(request).asResponse();
          const text = await response.text();
          await sleep(5);
          return { text, isReal: response instanceof Response };
        },
      );
      expect(value).toEqual({ text: JSON.stringify(completion), isReal: true });
      expect(events.length).toBe(1);
      expect(dataOf(events[0])).toMatchObject(wholeUsage);
    });

    test('of a stream is the host’s alone: estimated', async () => {
      const { events } = await compareObserved(make(), stream(['Hi']), async (client) => {
        const call = client.chat.completions.create({
          ...request,
          stream: true,
          stream_options: { include_usage: true },
        });
        return (await call.asResponse()).text();
      });
      expect(events.length).toBe(1);
      expect(dataOf(events[0])).toMatchObject({ interrupted: true, input_tokens: 6 });
    });
  });

  describe('a call that fails', () => {
    const fails = (script: Script, options: object = {}, requestOptions: object = {}) =>
      compareObserved(make(options), script, (client) =>
        client.chat.completions.create(request, requestOptions),
      );

    test.each([
      [429, 'rate_limit', { message: 'Slow down', code: 'rate_limit_exceeded' }],
      [500, 'server_error', { message: 'Oh' }],
      [401, 'authentication', { message: 'No such key', code: 'invalid_api_key' }],
      [400, 'context_length', { message: 'Too long', code: 'context_length_exceeded' }],
    ])('with %i is one error event: %s (E1, E2)', async (status, kind, error) => {
      const { events } = await fails(() => ({ status, body: { error } }));
      expect(events.map(({ type }) => type)).toEqual(['error']);
      expect(dataOf(events[0])).toMatchObject({
        kind,
        provider: 'openai',
        model: 'gpt-5',
        attempt: 1,
      });
      expect(dataOf(events[0])).not.toHaveProperty('input_tokens');
    });

    test('at first, and is retried by the library, is one llm event (E1)', async () => {
      const headers = { 'retry-after-ms': '5' };
      const { events } = await fails(
        (_, count) =>
          count <= 2
            ? { status: 429, body: { error: { message: 'Slow down' } }, headers }
            : { body: completion },
        { maxRetries: 2 },
      );
      expect(events.map(({ type }) => type)).toEqual(['llm']);
      expect(dataOf(events[0])).toMatchObject({ library_retries: 2, attempt: 1, ...wholeUsage });
    });

    test('after the library’s own retries is one error event with their number', async () => {
      const headers = { 'retry-after-ms': '5' };
      const script: Script = () => ({ status: 503, body: { error: { message: 'no' } }, headers });
      const { events } = await fails(script, { maxRetries: 2 });
      expect(events.map(({ type }) => type)).toEqual(['error']);
      expect(dataOf(events[0])).toMatchObject({ kind: 'overloaded', library_retries: 2 });
    });

    test('for want of an answer in time is a time-out', async () => {
      const { events } = await fails(() => 'hang', { timeout: 60 });
      expect(events.map((event) => dataOf(event)['kind'])).toEqual(['timeout']);
    });

    test('since the host cancelled it is cancelled (E1)', async () => {
      const { events } = await compareObserved(
        make(),
        () => 'hang',
        (client) => {
          const signal = AbortSignal.timeout(50);
          return client.chat.completions.create(request, { signal });
        },
      );
      expect(events.map((event) => dataOf(event)['kind'])).toEqual(['cancelled']);
    });

    test('since nobody listens is a failed connection', async () => {
      const { events } = await compareObserved(
        () => make()('http://127.0.0.1:1'),
        () => 'hang',
        (client) => client.chat.completions.create(request),
      );
      expect(events.map((event) => dataOf(event)['kind'])).toEqual(['connection']);
    });

    test('for its answer is no JSON is one error event', async () => {
      const { events, error } = await fails(() => ({ body: '{"id": "chatcmpl-' }));
      expect(error).toBeInstanceOf(SyntaxError);
      expect(events.map(({ type }) => type)).toEqual(['error']);
      expect(dataOf(events[0])).toMatchObject({ kind: 'exception', exception_type: 'SyntaxError' });
    });

    test('in the library’s parsing helper has answered before: one llm event', async () => {
      const truncated = {
        ...completion,
        choices: [{ ...completion.choices[0], finish_reason: 'length' }],
      };
      const { events, error } = await compareObserved(
        make(),
        () => ({ body: truncated }),
        (client) =>
          client.chat.completions.parse({
            ...request,
            response_format: {
              type: 'json_schema',
              json_schema: { name: 'n', strict: true, schema: {} },
              $parseRaw: JSON.parse,
              $brand: 'auto-parseable-response-format',
            } as never,
          }),
      );
      expect(error?.constructor.name).toBe('LengthFinishReasonError');
      expect(events.map(({ type }) => type)).toEqual(['llm', 'error']);
      expect(dataOf(events[0])).toMatchObject({ finish_reason: 'length', ...wholeUsage });
    });
  });

  test.each([
    ['text', 'an answer in words', { 'content-type': 'text/plain' }],
    ['a list', [1], {}],
    ['null', 'null', {}],
    ['odd fields', { id: 7, choices: 'none', usage: { prompt_tokens: 'many' } }, {}],
  ])('an answer that is %s is passed on and is one event', async (_name, body, headers) => {
    const { events, warnings } = await compareObserved(
      make(),
      () => ({ body, headers }),
      (client) => client.chat.completions.create(request),
    );
    expect(events.map(({ type }) => type)).toEqual(['llm']);
    expect(warnings).toEqual([]);
  });

  test('a whole run of tools is one event for each call of the model', async () => {
    const toolCall = {
      ...completion,
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: null,
            tool_calls: [
              { id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' } },
            ],
          },
          finish_reason: 'tool_calls',
        },
      ],
    };
    const { events, value } = await compareObserved(
      make(),
      (_, count) => ({ body: count === 1 ? toolCall : completion }),
      (client) =>
        client.chat.completions
          .runTools({
            ...request,
            tools: [
              {
                type: 'function',
                function: {
                  name: 'look',
                  description: 'looks',
                  parameters: { type: 'object', properties: {} },
                  function: () => 'found',
                },
              },
            ],
          })
          .finalContent(),
    );
    expect(value).toBe('Hello there');
    expect(events.map((event) => dataOf(event)['finish_reason'])).toEqual(['tool_calls', 'stop']);
  });
});
