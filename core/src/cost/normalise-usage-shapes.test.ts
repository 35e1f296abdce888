import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normaliseUsage, type RawUsage, type UsageFormat } from './normalise-usage.ts';
import { tokenUsage, uncachedTokens, type TokenUsage } from './token-usage.ts';

type Case = readonly [string, UsageFormat, RawUsage, Partial<TokenUsage>];

describe('normaliseUsage(), shapes that providers really send', () => {
  test.each<Case>([
    [
      'details that are null',
      'openai_chat',
      {
        prompt_tokens: 4,
        completion_tokens: 5,
        prompt_tokens_details: null,
        completion_tokens_details: null,
      },
      { inputTokens: 4, outputTokens: 5 },
    ],
    ['usage that is empty', 'openai_responses', {}, {}],
    [
      'a Responses call that failed without usage',
      'openai_responses',
      { type: 'response.failed', response: { usage: null } },
      {},
    ],
    [
      'an Anthropic answer without a cache',
      'anthropic',
      {
        input_tokens: 12,
        cache_creation_input_tokens: null,
        cache_read_input_tokens: null,
        output_tokens: 3,
      },
      { inputTokens: 12, outputTokens: 3 },
    ],
    ['an Anthropic stream that was cut at once', 'anthropic_stream', { events: [] }, {}],
    ['an Anthropic stream that is no list', 'anthropic_stream', { events: 'lost' }, {}],
    [
      'an Anthropic stream whose events are not objects',
      'anthropic_stream',
      { events: [null, 7, 'x', { usage: null }] },
      {},
    ],
    [
      'a Gemini prompt of two recordings',
      'gemini',
      {
        promptTokenCount: 90,
        promptTokensDetails: [
          { modality: 'AUDIO', tokenCount: 40 },
          { modality: 'AUDIO', tokenCount: 50 },
          { modality: 'VIDEO', tokenCount: 10 },
          { tokenCount: 10 },
          null,
        ],
      },
      { inputTokens: 90, inputAudioTokens: 90 },
    ],
    [
      'a Gemini live answer',
      'gemini',
      { promptTokenCount: 5, responseTokenCount: 6 },
      { inputTokens: 5, outputTokens: 6 },
    ],
    [
      'a Groq answer beside its stream field',
      'groq',
      { prompt_tokens: 3, completion_tokens: 4, x_groq: { id: 'req' } },
      { inputTokens: 3, outputTokens: 4 },
    ],
    [
      'a Bedrock write that its details exceed',
      'bedrock_converse',
      {
        inputTokens: 1,
        cacheWriteInputTokens: 5,
        cacheDetails: [{ ttl: '1h', inputTokens: 9 }],
      },
      { inputTokens: 10, cacheWrite1hTokens: 9 },
    ],
    ['Cohere without billed units', 'cohere', { tokens: { input_tokens: 7 } }, { inputTokens: 7 }],
    ['Ollama with a cached prompt', 'ollama', { eval_count: 5 }, { outputTokens: 5 }],
  ])('reads %s (C2)', (_name, format, raw, counts) => {
    expect(normaliseUsage(format, raw)).toEqual(tokenUsage(counts));
  });

  test('counts what Gemini charges: prompt and tools, candidates and thoughts (C2)', () => {
    const tokens = fc.nat(1_000_000);
    fc.assert(
      fc.property(tokens, tokens, tokens, tokens, (prompt, tools, candidates, thoughts) => {
        const usage = normaliseUsage('gemini', {
          promptTokenCount: prompt,
          toolUsePromptTokenCount: tools,
          candidatesTokenCount: candidates,
          thoughtsTokenCount: thoughts,
        });
        expect(usage.inputTokens).toBe(prompt + tools);
        expect(usage.outputTokens).toBe(candidates + thoughts);
        expect(usage.reasoningTokens).toBe(thoughts);
      }),
    );
  });

  test("takes xAI's cached tokens into the prompt exactly when they exceed it (C2)", () => {
    const tokens = fc.nat(1_000_000);
    fc.assert(
      fc.property(tokens, tokens, (prompt, cached) => {
        const usage = normaliseUsage('xai_chat', { prompt_tokens: prompt, cached_tokens: cached });
        expect(usage.inputTokens).toBe(cached > prompt ? prompt + cached : prompt);
        expect(uncachedTokens(usage)).toBe(cached > prompt ? prompt : prompt - cached);
      }),
    );
  });
});
