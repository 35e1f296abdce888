import OpenAI from 'openai';
import OpenAI6 from 'openai-6';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { compareObserved, dataOf } from '../testing/compare-observed.ts';
import {
  chatFrames,
  chatRequest as request,
  chatStream as stream,
  collect,
  completion,
  wholeUsage,
} from '../testing/openai-frames.ts';

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

    describe('of a stream', () => {
      const raw = (client: OpenAI, options: object = { include_usage: true }) =>
        client.chat.completions
          .create({ ...request, stream: true, stream_options: options })
          .asResponse();

      test.each<[string, (response: Response) => Promise<unknown>]>([
        ['whole', (response) => response.text()],
        ['as bytes', async (response) => Buffer.from(await response.arrayBuffer()).toString()],
        [
          'by iteration',
          async (response) => {
            const parts = await collect(response.body as unknown as AsyncIterable<Uint8Array>);
            return Buffer.concat(parts).toString();
          },
        ],
        [
          'by a reader',
          async (response) => {
            const reader = response.body?.getReader();
            const parts: Uint8Array[] = [];
            for (;;) {
              const step = await reader?.read();
              if (step?.value === undefined) return Buffer.concat(parts).toString();
              parts.push(step.value);
            }
          },
        ],
      ])('that the host reads %s is counted to the last token', async (_name, read) => {
        const { events, value } = await compareObserved(
          make(),
          stream(['Hel', 'lo'], 3),
          async (client) => read(await raw(client)),
          { captureContent: true },
        );
        expect(value).toBe(chatFrames(['Hel', 'lo'], true).join(''));
        expect(events.length).toBe(1);
        expect(dataOf(events[0])).toMatchObject({ finish_reason: 'stop', ...wholeUsage });
        expect(dataOf(events[0])['output']).toEqual([{ role: 'assistant', content: 'Hello' }]);
      });

      test('holds nothing that the host did not ask for: estimated', async () => {
        const { events, value } = await compareObserved(
          make(),
          stream(['Hello', ' there']),
          async (client) => (await raw(client, {})).text(),
        );
        expect(value).toBe(chatFrames(['Hello', ' there'], false).join(''));
        expect(dataOf(events[0])).toMatchObject({ usage_estimated: true, output_tokens: 3 });
      });

      test('that the host cancels, or pipes elsewhere, is interrupted', async () => {
        const { events } = await compareObserved(
          make(),
          stream(Array.from({ length: 50 }, () => 'word ')),
          async (client) => {
            const reader = (await raw(client)).body?.getReader();
            await reader?.read();
            await reader?.cancel();
            await new Response((await raw(client)).body?.pipeThrough(new TransformStream())).text();
          },
        );
        expect(events.map((event) => dataOf(event)['interrupted'])).toEqual([true, true]);
      });
    });

    test('beside the stream leaves it as it is', async () => {
      const { events } = await compareObserved(make(), stream(['Hi']), async (client) => {
        const { data, response } = await client.chat.completions
          .create({ ...request, stream: true })
          .withResponse();
        return { chunks: await collect(data), status: response.status };
      });
      expect(dataOf(events[0])).toMatchObject(wholeUsage);
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
