import { readTokenCount, tokenUsage, type TokenUsage } from './token-usage.ts';

/** How a provider spells usage; `inclusive` is the wire's own spelling. */
export type UsageFormat = keyof typeof readers;

/** Usage as a provider sent it, nested or flattened. */
export type RawUsage = Readonly<Record<string, unknown>>;

/** Whether `text` names a format that {@link normaliseUsage} reads. */
export function isUsageFormat(text: unknown): text is UsageFormat {
  return typeof text === 'string' && Object.hasOwn(readers, text);
}

/**
 * A provider's usage in one way of counting: input includes cached tokens, output includes reasoning (C2).
 * Fields that are absent, negative, not finite or over 10^9 count as 0. Never fails.
 */
export function normaliseUsage(format: UsageFormat, raw: RawUsage): TokenUsage {
  return readers[format](raw);
}

const readers = {
  inclusive: readInclusive,
  openai_chat: readChat,
  openai_responses: readResponses,
  anthropic: readAnthropic,
  anthropic_stream: readAnthropicStream,
  gemini: readGemini,
  groq: (raw: RawUsage) => readChat(objectAt(raw, 'x_groq.usage') ?? raw),
  xai_chat: readXai,
  bedrock_converse: readBedrock,
  mistral: readChat,
  deepseek: readChat,
  cohere: readCohere,
  ollama: readOllama,
  vllm: readChat,
};

function readInclusive(raw: RawUsage): TokenUsage {
  return tokenUsage({
    inputTokens: count(raw, 'input_tokens'),
    outputTokens: count(raw, 'output_tokens'),
    cacheReadTokens: count(raw, 'cache_read_tokens', 'cache_read'),
    cacheWrite5mTokens: count(raw, 'cache_write_5m_tokens', 'cache_write_5m', 'cache_write_tokens'),
    cacheWrite1hTokens: count(raw, 'cache_write_1h_tokens', 'cache_write_1h'),
    reasoningTokens: count(raw, 'reasoning_tokens', 'reasoning'),
    inputAudioTokens: count(raw, 'input_audio_tokens'),
    outputAudioTokens: count(raw, 'output_audio_tokens'),
    inputImageTokens: count(raw, 'input_image_tokens'),
    outputImageTokens: count(raw, 'output_image_tokens'),
  });
}

/** OpenAI's chat completions and those who speak like it (Groq, Mistral, DeepSeek, vLLM): totals include parts. */
function readChat(raw: RawUsage): TokenUsage {
  const input = 'prompt_tokens_details';
  const output = 'completion_tokens_details';
  return tokenUsage({
    inputTokens: count(raw, 'prompt_tokens'),
    outputTokens: count(raw, 'completion_tokens'),
    cacheReadTokens: count(
      raw,
      `${input}.cached_tokens`,
      'cached_tokens',
      'num_cached_tokens',
      'prompt_cache_hit_tokens',
    ),
    cacheWrite5mTokens: count(raw, `${input}.cache_write_tokens`, 'cache_write_tokens'),
    reasoningTokens: count(raw, `${output}.reasoning_tokens`, 'reasoning_tokens'),
    inputAudioTokens: count(raw, `${input}.audio_tokens`, 'input_audio_tokens'),
    outputAudioTokens: count(raw, `${output}.audio_tokens`, 'output_audio_tokens'),
    inputImageTokens: count(raw, `${input}.image_tokens`, 'input_image_tokens'),
    outputImageTokens: count(raw, `${output}.image_tokens`, 'output_image_tokens'),
  });
}

function readResponses(raw: RawUsage): TokenUsage {
  const usage = objectAt(raw, 'response.usage') ?? raw;
  const input = 'input_tokens_details';
  const output = 'output_tokens_details';
  return tokenUsage({
    inputTokens: count(usage, 'input_tokens'),
    outputTokens: count(usage, 'output_tokens'),
    cacheReadTokens: count(usage, `${input}.cached_tokens`, 'cached_tokens'),
    cacheWrite5mTokens: count(usage, `${input}.cache_write_tokens`, 'cache_write_tokens'),
    reasoningTokens: count(usage, `${output}.reasoning_tokens`, 'reasoning_tokens'),
    inputAudioTokens: count(usage, `${input}.audio_tokens`),
    outputAudioTokens: count(usage, `${output}.audio_tokens`),
    inputImageTokens: count(usage, `${input}.image_tokens`),
    outputImageTokens: count(usage, `${output}.image_tokens`),
  });
}

/** Anthropic counts cached tokens beside `input_tokens`; what its split leaves over was written for 5 minutes. */
function readAnthropic(raw: RawUsage): TokenUsage {
  const oneHour = count(
    raw,
    'cache_creation.ephemeral_1h_input_tokens',
    'ephemeral_1h_input_tokens',
  );
  const fiveMinutes = count(
    raw,
    'cache_creation.ephemeral_5m_input_tokens',
    'ephemeral_5m_input_tokens',
  );
  const written = count(raw, 'cache_creation_input_tokens');
  return withCachedAdded({
    inputTokens: count(raw, 'input_tokens'),
    outputTokens: count(raw, 'output_tokens'),
    cacheReadTokens: count(raw, 'cache_read_input_tokens'),
    cacheWrite5mTokens: Math.max(fiveMinutes, written - oneHour),
    cacheWrite1hTokens: oneHour,
    reasoningTokens: count(raw, 'output_tokens_details.thinking_tokens', 'reasoning_tokens'),
  });
}

/** Figures of a stream are running totals: a later event overwrites, it never adds. */
function readAnthropicStream(raw: RawUsage): TokenUsage {
  const merged: Record<string, unknown> = {};
  for (const event of Array.isArray(raw['events']) ? raw['events'] : []) {
    const usage = objectAt(event, 'message.usage') ?? objectAt(event, 'usage') ?? {};
    for (const [key, value] of Object.entries(usage)) {
      if (value !== null && value !== undefined) merged[key] = value;
    }
  }
  return readAnthropic(merged);
}

/** Gemini leaves tool prompts out of the prompt and thoughts out of the candidates; all are charged. */
function readGemini(raw: RawUsage): TokenUsage {
  const usage = objectAt(raw, 'usageMetadata') ?? objectAt(raw, 'usage_metadata') ?? raw;
  const thoughts = count(usage, 'thoughtsTokenCount', 'thoughts_token_count');
  const candidates = count(
    usage,
    'candidatesTokenCount',
    'candidates_token_count',
    'responseTokenCount',
    'response_token_count',
  );
  const input = usage['promptTokensDetails'] ?? usage['prompt_tokens_details'];
  const output = usage['candidatesTokensDetails'] ?? usage['candidates_tokens_details'];
  return tokenUsage({
    inputTokens:
      count(usage, 'promptTokenCount', 'prompt_token_count') +
      count(usage, 'toolUsePromptTokenCount', 'tool_use_prompt_token_count'),
    outputTokens: candidates + thoughts,
    cacheReadTokens: count(usage, 'cachedContentTokenCount', 'cached_content_token_count'),
    reasoningTokens: thoughts,
    inputAudioTokens: modality(input, 'AUDIO'),
    outputAudioTokens: modality(output, 'AUDIO'),
    inputImageTokens: modality(input, 'IMAGE'),
    outputImageTokens: modality(output, 'IMAGE'),
  });
}

/** xAI leaves reasoning out of the completion; cached tokens stand beside the prompt when they exceed it. */
function readXai(raw: RawUsage): TokenUsage {
  const usage = readChat(raw);
  const charged = { ...usage, outputTokens: usage.outputTokens + usage.reasoningTokens };
  return usage.cacheReadTokens > usage.inputTokens ? withCachedAdded(charged) : charged;
}

/** Bedrock counts cached tokens beside `inputTokens`; `cacheDetails` tells how long they were written for. */
function readBedrock(raw: RawUsage): TokenUsage {
  const usage = objectAt(raw, 'metadata.usage') ?? raw;
  const details: unknown[] = Array.isArray(usage['cacheDetails']) ? usage['cacheDetails'] : [];
  const oneHour = details
    .filter((detail) => valueAt(detail, 'ttl') === '1h')
    .reduce((sum: number, detail) => sum + count(detail, 'inputTokens'), 0);
  const written = count(usage, 'cacheWriteInputTokens', 'cacheWriteInputTokenCount');
  return withCachedAdded({
    inputTokens: count(usage, 'inputTokens'),
    outputTokens: count(usage, 'outputTokens'),
    cacheReadTokens: count(usage, 'cacheReadInputTokens', 'cacheReadInputTokenCount'),
    cacheWrite5mTokens: Math.max(0, written - oneHour),
    cacheWrite1hTokens: oneHour,
  });
}

/** Cohere charges `billed_units`; `tokens` is what the model saw. */
function readCohere(raw: RawUsage): TokenUsage {
  return tokenUsage({
    inputTokens: count(raw, 'billed_units.input_tokens', 'tokens.input_tokens', 'input_tokens'),
    outputTokens: count(raw, 'billed_units.output_tokens', 'tokens.output_tokens', 'output_tokens'),
    cacheReadTokens: count(raw, 'cached_tokens'),
  });
}

function readOllama(raw: RawUsage): TokenUsage {
  return tokenUsage({
    inputTokens: count(raw, 'prompt_eval_count'),
    outputTokens: count(raw, 'eval_count'),
  });
}

function withCachedAdded(counts: Partial<TokenUsage>): TokenUsage {
  const usage = tokenUsage(counts);
  const cached = usage.cacheReadTokens + usage.cacheWrite5mTokens + usage.cacheWrite1hTokens;
  return { ...usage, inputTokens: usage.inputTokens + cached };
}

function modality(details: unknown, name: string): number {
  if (!Array.isArray(details)) return 0;
  return details
    .filter((detail) => String(valueAt(detail, 'modality')).toUpperCase() === name)
    .reduce((sum: number, detail) => sum + count(detail, 'tokenCount', 'token_count'), 0);
}

function count(source: unknown, ...paths: readonly string[]): number {
  for (const path of paths) {
    const found = readTokenCount(valueAt(source, path));
    if (found !== undefined) return found;
  }
  return 0;
}

function objectAt(source: unknown, path: string): RawUsage | undefined {
  const value = valueAt(source, path);
  return typeof value === 'object' && value !== null ? (value as RawUsage) : undefined;
}

function valueAt(source: unknown, path: string): unknown {
  let value = source;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as RawUsage)[key];
  }
  return value;
}
