import { nanoUsdOf } from '../money/nano-usd.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { priceCall, type ClassCosts } from './price-call.ts';
import type { Price } from './price.ts';
import { readTokenCount, tokenUsage, type TokenUsage } from './token-usage.ts';

/** Where the cost of an event came from; `unpriced` has none. */
export type CostSource = 'reported' | 'computed' | 'estimated' | 'unpriced';

/** The cost of an `llm` event with everything needed to take it apart and compute it again. */
export interface EventCost {
  readonly source: CostSource;
  /** Null exactly when `unpriced`: unknown is not free. */
  readonly costNanoUsd: bigint | null;
  /** Per token class; null for a reported or unknown cost. */
  readonly classes: ClassCosts | null;
  /** The price used; null for a reported or unknown cost. */
  readonly price: Price | null;
  /** Tokens to count: those sent, else those estimated. */
  readonly usage: TokenUsage;
}

/** `data` of an `llm` event as it came over the wire. */
export type LlmData = Readonly<Record<string, unknown>>;

/** The model an `llm` event is priced by: `response_model`, else `model`; null without either (C1). */
export function pricedModel(data: LlmData): string | null {
  return textOf(data['response_model']) ?? textOf(data['model']);
}

/**
 * The cost of an `llm` event (C1): reported, else by the organisation's price, else by the book's, else estimated from
 * the content's length, else unpriced. An organisation's price with `overReport` stands before the report wherever the
 * tokens are known. An interrupted call, and one whose tokens the sender estimated, is never more than estimated.
 */
export function costOfEvent(
  data: LlmData,
  organisationPrice: Price | null,
  bookPrice: Price | null,
): EventCost {
  const { usage, known } = usageOf(data);
  const reported = reportedNanoUsd(data['cost_usd']);
  const sentTokens = known === 'sent';
  const isOver = organisationPrice?.overReport === true && sentTokens;
  if (reported !== null && !isOver) {
    return { source: 'reported', costNanoUsd: reported, classes: null, price: null, usage };
  }
  const price = organisationPrice ?? bookPrice;
  const cost = known === 'nothing' ? null : priceCall(usage, price);
  if (cost === null) {
    return { source: 'unpriced', costNanoUsd: null, classes: null, price: null, usage };
  }
  const source = sentTokens ? 'computed' : 'estimated';
  return { source, costNanoUsd: cost.costNanoUsd, classes: cost.classes, price, usage };
}

interface KnownUsage {
  readonly usage: TokenUsage;
  readonly known: 'sent' | 'estimated' | 'nothing';
}

/** A cut stream reports too little output, or none: what was received says at least how much there was. */
function usageOf(data: LlmData): KnownUsage {
  const input = readTokenCount(data['input_tokens']);
  const output = readTokenCount(data['output_tokens']);
  const isEstimate = data['interrupted'] === true || data['usage_estimated'] === true;
  const sent = input !== undefined || output !== undefined;
  if (sent && !isEstimate)
    return { usage: sentUsage(data, input ?? 0, output ?? 0), known: 'sent' };
  const inputTokens = input ?? estimateTokens(data['input']);
  const outputTokens = Math.max(output ?? 0, estimateTokens(data['output']));
  const usage = sentUsage(data, inputTokens, outputTokens);
  return { usage, known: sent || inputTokens + outputTokens > 0 ? 'estimated' : 'nothing' };
}

function sentUsage(data: LlmData, inputTokens: number, outputTokens: number): TokenUsage {
  return tokenUsage({
    inputTokens,
    outputTokens,
    cacheReadTokens: readTokenCount(data['cache_read_tokens']) ?? 0,
    cacheWrite5mTokens: readTokenCount(data['cache_write_5m_tokens']) ?? 0,
    cacheWrite1hTokens: readTokenCount(data['cache_write_1h_tokens']) ?? 0,
    reasoningTokens: readTokenCount(data['reasoning_tokens']) ?? 0,
    inputAudioTokens: readTokenCount(data['input_audio_tokens']) ?? 0,
    outputAudioTokens: readTokenCount(data['output_audio_tokens']) ?? 0,
    inputImageTokens: readTokenCount(data['input_image_tokens']) ?? 0,
    outputImageTokens: readTokenCount(data['output_image_tokens']) ?? 0,
  });
}

function reportedNanoUsd(value: unknown): bigint | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const nanoUsd = nanoUsdOf(value);
  return nanoUsd !== null && nanoUsd >= 0n ? nanoUsd : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
