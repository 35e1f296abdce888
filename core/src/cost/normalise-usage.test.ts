import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isUsageFormat,
  normaliseUsage,
  type RawUsage,
  type UsageFormat,
} from './normalise-usage.ts';
import { tokenUsage, uncachedTokens, type TokenUsage } from './token-usage.ts';

type Case = readonly [string, UsageFormat, RawUsage, Partial<TokenUsage>];

const openAi: readonly Case[] = [
  [
    'OpenAI chat as the API nests it',
    'openai_chat',
    {
      prompt_tokens: 1200,
      completion_tokens: 300,
      total_tokens: 1500,
      prompt_tokens_details: { cached_tokens: 1000, audio_tokens: 40, cache_write_tokens: 60 },
      completion_tokens_details: { reasoning_tokens: 250, audio_tokens: 10 },
    },
    {
      inputTokens: 1200,
      outputTokens: 300,
      cacheReadTokens: 1000,
      cacheWrite5mTokens: 60,
      reasoningTokens: 250,
      inputAudioTokens: 40,
      outputAudioTokens: 10,
    },
  ],
  [
    'OpenAI responses',
    'openai_responses',
    {
      input_tokens: 90,
      output_tokens: 30,
      input_tokens_details: { cached_tokens: 64 },
      output_tokens_details: { reasoning_tokens: 20 },
    },
    { inputTokens: 90, outputTokens: 30, cacheReadTokens: 64, reasoningTokens: 20 },
  ],
  [
    'the last event of a responses stream',
    'openai_responses',
    { type: 'response.completed', response: { usage: { input_tokens: 5, output_tokens: 6 } } },
    { inputTokens: 5, outputTokens: 6 },
  ],
  [
    'Groq',
    'groq',
    { prompt_tokens: 7, completion_tokens: 8, prompt_tokens_details: { cached_tokens: 4 } },
    { inputTokens: 7, outputTokens: 8, cacheReadTokens: 4 },
  ],
  [
    'the last chunk of a Groq stream',
    'groq',
    { x_groq: { usage: { prompt_tokens: 7, completion_tokens: 8 } } },
    { inputTokens: 7, outputTokens: 8 },
  ],
  [
    'Mistral',
    'mistral',
    { prompt_tokens: 50, completion_tokens: 5, num_cached_tokens: 32 },
    { inputTokens: 50, outputTokens: 5, cacheReadTokens: 32 },
  ],
  [
    'DeepSeek',
    'deepseek',
    {
      prompt_tokens: 100,
      prompt_cache_hit_tokens: 64,
      prompt_cache_miss_tokens: 36,
      completion_tokens: 9,
      completion_tokens_details: { reasoning_tokens: 4 },
    },
    { inputTokens: 100, outputTokens: 9, cacheReadTokens: 64, reasoningTokens: 4 },
  ],
  [
    'vLLM',
    'vllm',
    { prompt_tokens: 3, completion_tokens: 2, prompt_tokens_details: null },
    { inputTokens: 3, outputTokens: 2 },
  ],
];

const separate: readonly Case[] = [
  [
    'xAI, whose completion leaves reasoning out',
    'xai_chat',
    {
      prompt_tokens: 1000,
      completion_tokens: 800,
      prompt_tokens_details: { cached_tokens: 900 },
      completion_tokens_details: { reasoning_tokens: 600 },
    },
    { inputTokens: 1000, outputTokens: 1400, cacheReadTokens: 900, reasoningTokens: 600 },
  ],
  [
    'xAI with cached tokens beside the prompt',
    'xai_chat',
    { prompt_tokens: 10, cached_tokens: 90, completion_tokens: 1 },
    { inputTokens: 100, outputTokens: 1, cacheReadTokens: 90 },
  ],
  [
    'Anthropic as the API nests it',
    'anthropic',
    {
      input_tokens: 100,
      cache_read_input_tokens: 5000,
      cache_creation_input_tokens: 3000,
      cache_creation: { ephemeral_5m_input_tokens: 1000, ephemeral_1h_input_tokens: 2000 },
      output_tokens: 200,
    },
    {
      inputTokens: 8100,
      outputTokens: 200,
      cacheReadTokens: 5000,
      cacheWrite5mTokens: 1000,
      cacheWrite1hTokens: 2000,
    },
  ],
  [
    'Anthropic whose split does not reach the total',
    'anthropic',
    { input_tokens: 1, cache_creation_input_tokens: 10, ephemeral_1h_input_tokens: 4 },
    { inputTokens: 11, cacheWrite5mTokens: 6, cacheWrite1hTokens: 4 },
  ],
  [
    'Anthropic with a split and no total',
    'anthropic',
    { input_tokens: 1, cache_creation: { ephemeral_5m_input_tokens: 3 } },
    { inputTokens: 4, cacheWrite5mTokens: 3 },
  ],
  [
    'Bedrock with a 1 h write',
    'bedrock_converse',
    {
      inputTokens: 5,
      outputTokens: 6,
      cacheReadInputTokens: 100,
      cacheWriteInputTokens: 50,
      cacheDetails: [
        { ttl: '5m', inputTokens: 20 },
        { ttl: '1h', inputTokens: 30 },
      ],
      totalTokens: 161,
    },
    {
      inputTokens: 155,
      outputTokens: 6,
      cacheReadTokens: 100,
      cacheWrite5mTokens: 20,
      cacheWrite1hTokens: 30,
    },
  ],
  [
    'the metadata event of a Bedrock stream',
    'bedrock_converse',
    { metadata: { usage: { inputTokens: 5, outputTokens: 6 } } },
    { inputTokens: 5, outputTokens: 6 },
  ],
];

const others: readonly Case[] = [
  [
    'Gemini with tools, thoughts and modalities',
    'gemini',
    {
      promptTokenCount: 1000,
      toolUsePromptTokenCount: 50,
      cachedContentTokenCount: 400,
      candidatesTokenCount: 30,
      thoughtsTokenCount: 70,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 700 },
        { modality: 'AUDIO', tokenCount: 200 },
        { modality: 'IMAGE', tokenCount: 100 },
      ],
      candidatesTokensDetails: [{ modality: 'image', tokenCount: 12 }],
    },
    {
      inputTokens: 1050,
      outputTokens: 100,
      cacheReadTokens: 400,
      reasoningTokens: 70,
      inputAudioTokens: 200,
      inputImageTokens: 100,
      outputImageTokens: 12,
    },
  ],
  [
    'a whole Gemini answer without candidates',
    'gemini',
    { usageMetadata: { promptTokenCount: 10, thoughtsTokenCount: 5 } },
    { inputTokens: 10, outputTokens: 5, reasoningTokens: 5 },
  ],
  [
    'Gemini as Python spells it',
    'gemini',
    {
      usage_metadata: {
        prompt_token_count: 10,
        candidates_token_count: 2,
        cached_content_token_count: 4,
      },
    },
    { inputTokens: 10, outputTokens: 2, cacheReadTokens: 4 },
  ],
  [
    'Cohere, which charges billed units',
    'cohere',
    {
      billed_units: { input_tokens: 3, output_tokens: 4 },
      tokens: { input_tokens: 70, output_tokens: 4 },
    },
    { inputTokens: 3, outputTokens: 4 },
  ],
  [
    'Ollama',
    'ollama',
    { prompt_eval_count: 26, eval_count: 298, done: true },
    { inputTokens: 26, outputTokens: 298 },
  ],
  [
    'the wire',
    'inclusive',
    { input_tokens: '12', output_tokens: 3.7, cache_read_tokens: 4, cache_write_1h_tokens: 2 },
    { inputTokens: 12, outputTokens: 3, cacheReadTokens: 4, cacheWrite1hTokens: 2 },
  ],
];

describe('normaliseUsage()', () => {
  test.each([...openAi, ...separate, ...others])('reads %s (C2)', (_name, format, raw, counts) => {
    expect(normaliseUsage(format, raw)).toEqual(tokenUsage(counts));
  });

  test('takes the last figure of an Anthropic stream, never the sum (C2)', () => {
    const events = [
      {
        type: 'message_start',
        message: { usage: { input_tokens: 5, cache_read_input_tokens: 100, output_tokens: 1 } },
      },
      { type: 'content_block_delta', delta: { text: 'Hello' } },
      { type: 'message_delta', usage: { output_tokens: 40 } },
      {
        type: 'message_delta',
        usage: { input_tokens: 5, cache_read_input_tokens: null, output_tokens: 90 },
      },
    ];
    expect(normaliseUsage('anthropic_stream', { events })).toEqual(
      tokenUsage({ inputTokens: 105, cacheReadTokens: 100, outputTokens: 90 }),
    );
  });

  test('counts noise as 0 and prefers the first field present', () => {
    const raw = {
      prompt_tokens: -4,
      completion_tokens: 2e9,
      cached_tokens: 'x',
      num_cached_tokens: 2,
    };
    expect(normaliseUsage('mistral', raw)).toEqual(tokenUsage({ cacheReadTokens: 2 }));
  });

  test('never fails and never counts below 0, whatever a provider sends (C2)', () => {
    const formats = [
      'anthropic',
      'anthropic_stream',
      'gemini',
      'xai_chat',
      'bedrock_converse',
      'cohere',
    ] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...formats),
        fc.dictionary(fc.string(), fc.anything()),
        (format, raw) => {
          const usage = normaliseUsage(format, raw);
          for (const count of Object.values(usage)) expect(count).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  test('keeps exclusive providers whole: uncached is what they call input (C2)', () => {
    const tokens = fc.nat(1_000_000);
    fc.assert(
      fc.property(tokens, tokens, tokens, (input_tokens, read, written) => {
        const usage = normaliseUsage('anthropic', {
          input_tokens,
          cache_read_input_tokens: read,
          cache_creation_input_tokens: written,
        });
        expect(uncachedTokens(usage)).toBe(input_tokens);
        expect(usage.inputTokens).toBe(input_tokens + read + written);
      }),
    );
  });
});

describe('isUsageFormat()', () => {
  test('knows the formats and nothing of Object.prototype', () => {
    expect(isUsageFormat('gemini')).toBe(true);
    expect(isUsageFormat('constructor')).toBe(false);
    expect(isUsageFormat(undefined)).toBe(false);
  });
});
