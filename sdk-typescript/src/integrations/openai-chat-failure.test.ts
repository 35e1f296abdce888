import OpenAI from 'openai';
import OpenAI6 from 'openai-6';
import { describe, expect, test } from 'vitest';
import { compareObserved, dataOf, type Script } from '../testing/compare-observed.ts';
import { chatRequest as request, completion, wholeUsage } from '../testing/openai-frames.ts';

describe.each([
  ['7', OpenAI],
  ['6', OpenAI6 as unknown as typeof OpenAI],
])('a chat completion of openai %s', (_version, Library) => {
  const make =
    (options: object = {}) =>
    (url: string) =>
      new Library({ apiKey: 'sk-test', baseURL: `${url}/v1`, maxRetries: 0, ...options });

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
});
