import OpenAI from 'openai';
import OpenAI6 from 'openai-6';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { compareObserved, dataOf } from '../testing/compare-observed.ts';
import {
  chatFrames,
  chatRequest as request,
  chatStream as stream,
  chunkHead,
  collect,
  frame,
  wholeUsage,
} from '../testing/openai-frames.ts';

describe.each([
  ['7', OpenAI],
  ['6', OpenAI6 as unknown as typeof OpenAI],
])('a chat completion of openai %s', (_version, Library) => {
  const make =
    (options: object = {}) =>
    (url: string) =>
      new Library({ apiKey: 'sk-test', baseURL: `${url}/v1`, maxRetries: 0, ...options });

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

    test('of several choices is whole when all of them are', async () => {
      const piece = (index: number, content: string, finish_reason: string | null = null) =>
        frame({ ...chunkHead, choices: [{ index, delta: { content }, finish_reason }] });
      const frames = [piece(0, 'One'), piece(1, 'Two'), piece(0, '', 'stop')];
      const whole = [...frames, piece(1, '', 'length'), 'data: [DONE]\n\n'];
      const { events } = await compareObserved(
        make(),
        (_, count) => ({ frames: count === 1 ? whole : frames }),
        async (client) => [await collect(await ask(client)), await collect(await ask(client))],
        { captureContent: true },
      );
      const output = [
        { role: 'assistant', content: 'One' },
        { role: 'assistant', content: 'Two' },
      ];
      expect(events.map((event) => dataOf(event))).toMatchObject([
        { finish_reason: 'stop', output, output_tokens: 2 },
        { finish_reason: 'stop', output, output_tokens: 2, interrupted: true },
      ]);
      expect(dataOf(events[0])).not.toHaveProperty('interrupted');
    });

    test('ends with its last chunk, whatever the host does before it leaves', async () => {
      const { events } = await compareObserved(
        make(),
        stream(
          Array.from({ length: 200 }, () => 'word '),
          5,
        ),
        async (client) => {
          for await (const chunk of await ask(client)) {
            if (!chunk.choices[0]?.delta.content) continue;
            await sleep(1_000);
            break;
          }
        },
      );
      expect(events[0]?.['latency_ms']).toBeLessThan(990);
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
});
