import { anything, assert, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anthropic } from './anthropic.ts';
import { openai } from './openai.ts';
import type { Endpoint, Json, StreamReader } from './provider.ts';
import { objectAt } from './read-json.ts';

const endpoints = [openai, anthropic].flatMap((provider) => Object.entries(provider.endpoints));

function readerAt(endpoint: Endpoint | undefined): StreamReader {
  const reader = endpoint?.openReader?.();
  if (!reader) throw new Error('no streams');
  return reader;
}

describe('the endpoints', () => {
  test.each(endpoints)('%s reads any answer without failing', (_path, endpoint) => {
    assert(
      property(anything(), (answer) => {
        const facts = endpoint.readAnswer(objectAt(answer));
        facts.output();
        expect(facts.usage === null || typeof facts.usage === 'object').toBe(true);
      }),
    );
  });

  test.each(endpoints.filter(([, { openReader }]) => openReader))(
    '%s reads any chunk without failing',
    (_path, endpoint) => {
      assert(
        property(anything(), anything(), (one, other) => {
          const reader = readerAt(endpoint);
          for (const chunk of [one, other, { choices: [one] }, { type: 'x', delta: other }]) {
            reader.see(chunk);
          }
          expect(typeof reader.hasOutput).toBe('boolean');
          reader.facts().output();
        }),
      );
    },
  );

  test.each([
    ['/chat/completions', 'gpt-5', true],
    ['/chat/completions', 'claude-opus-9', false],
    ['/chat/completions', 'gemini-3-pro', false],
    ['/embeddings', 'gpt-5', false],
    ['/v1/messages', 'claude-opus-9', true],
    ['/v1/messages', 'us.anthropic.claude-opus-9', true],
    ['/v1/messages', 'gpt-5', false],
  ])('%s takes %s: %s (G3)', (path, name, takes) => {
    const [, endpoint] = endpoints.find(([each]) => each === path) ?? [];
    expect(endpoint?.takesModel(name)).toBe(takes);
  });

  test('asks for usage only where that is understood, and hides what it asked for', () => {
    const chat = openai.endpoints['/chat/completions'];
    const asked = (body: Json, address: string) =>
      objectAt(chat?.prepare?.(body, address).body, 'stream_options')['include_usage'];
    const stream = { stream: true };
    expect(asked(stream, 'https://api.openai.com/v1')).toBe(true);
    expect(asked(stream, 'http://[::1]:8000/v1')).toBe(true);
    expect(asked({}, 'https://api.openai.com/v1')).toBe(undefined);
    expect(asked(stream, 'https://api.openai.com.example.com/v1')).toBe(undefined);
    expect(asked(stream, 'no address')).toBe(undefined);
    const refused = { stream: true, stream_options: { include_usage: false } };
    expect(asked(refused, 'https://api.openai.com/v1')).toBe(false);
    const { conceal } = chat?.prepare?.(stream, 'http://localhost') ?? {};
    const chunk = { choices: [{}], usage: null };
    expect([conceal?.(chunk), 'usage' in chunk]).toEqual([false, false]);
    expect(conceal?.({ choices: [], usage: {} })).toBe(true);
    expect(conceal?.({ choices: [], prompt_filter_results: [] })).toBe(false);
    expect(conceal?.({ choices: [{}], usage: { prompt_tokens: 1 } })).toBe(false);
    expect(conceal?.(null)).toBe(false);
  });

  test('keep no more parts of an answer than their limit', () => {
    const chat = readerAt(openai.endpoints['/chat/completions']);
    for (let index = 0; index < 400; index += 1) {
      chat.see({ choices: [{ index, delta: { content: 'x' }, finish_reason: 'stop' }] });
    }
    expect((chat.facts().output() as unknown[]).length).toBe(128);
    const messages = readerAt(anthropic.endpoints['/v1/messages']);
    for (let index = 0; index < 2000; index += 1) {
      messages.see({ type: 'content_block_start', index, content_block: { type: 'text' } });
    }
    expect(messages.facts().output()).toMatchObject([{ content: { length: 1000 } }]);
  });
});
