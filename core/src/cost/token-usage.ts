import { parseDecimal } from '../money/decimal.ts';

/** Token counts of one model call, in whole tokens >= 0, whatever the provider's own way of counting. */
export interface TokenUsage {
  /** All tokens of the request, cached, audio and image tokens included. */
  readonly inputTokens: number;
  /** All tokens of the answer, reasoning, audio and image tokens included. */
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWrite5mTokens: number;
  readonly cacheWrite1hTokens: number;
  readonly reasoningTokens: number;
  readonly inputAudioTokens: number;
  readonly outputAudioTokens: number;
  readonly inputImageTokens: number;
  readonly outputImageTokens: number;
}

/** Greatest believable count of tokens in one field; a greater one is left out as noise. */
export const maxTokenCount = 1_000_000_000;

/** The usage that `counts` names, every other count 0. */
export function tokenUsage(counts: Partial<TokenUsage>): TokenUsage {
  return { ...none, ...counts };
}

/** Input tokens that were neither read from nor written to a cache; 0 where the parts exceed their total. */
export function uncachedTokens(usage: TokenUsage): number {
  return Math.max(0, usage.inputTokens - cachedTokens(usage));
}

/** Whether the cached parts exceed the total that should hold them: the sender counted wrongly. */
export function isUsageSuspect(usage: TokenUsage): boolean {
  return cachedTokens(usage) > usage.inputTokens;
}

/** The count in `value`: a finite number in 0..10^9, also as decimal text, cut to a whole one; else undefined. */
export function readTokenCount(value: unknown): number | undefined {
  const number = typeof value === 'string' && parseDecimal(value) !== null ? Number(value) : value;
  if (typeof number !== 'number' || !(number >= 0 && number <= maxTokenCount)) return undefined;
  return Math.floor(number);
}

const none: TokenUsage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  reasoningTokens: 0,
  inputAudioTokens: 0,
  outputAudioTokens: 0,
  inputImageTokens: 0,
  outputImageTokens: 0,
};

function cachedTokens(usage: TokenUsage): number {
  return usage.cacheReadTokens + usage.cacheWrite5mTokens + usage.cacheWrite1hTokens;
}
