import type { Price, Rates, TokenClass } from './price.ts';
import { chargeTokens } from './token-rate.ts';
import { uncachedTokens, type TokenUsage } from './token-usage.ts';

/** Nano-USD per token class; a class without tokens is left out. */
export type ClassCosts = Readonly<Partial<Record<TokenClass, bigint>>>;

/** What one call costs, taken apart: `costNanoUsd` is the sum of `classes`. */
export interface CallCost {
  readonly costNanoUsd: bigint;
  readonly classes: ClassCosts;
  /** Whether the whole request was charged at the tier's prices. */
  readonly tier: boolean;
}

/**
 * The cost of a call (C1, C2): each class is tokens × price, rounded half to even to whole nano-USD, the total their
 * sum. Cached tokens are taken out of the input, never added; reasoning, audio and image tokens are charged apart
 * only where they have a price of their own. Null without a price: the call is unpriced, not free.
 */
export function priceCall(usage: TokenUsage, price: Price | null): CallCost | null {
  if (price === null) return null;
  const tier = usage.inputTokens > price.tierAbove;
  const rates = tier ? price.tierRates : price.rates;
  const charge = new Charge(rates);
  chargeInput(charge, usage, rates);
  chargeOutput(charge, usage, rates);
  return { costNanoUsd: charge.total, classes: charge.classes, tier };
}

/** Audio and image tokens count as uncached as far as the uncached tokens reach: providers do not say. */
function chargeInput(charge: Charge, usage: TokenUsage, rates: Rates): void {
  let rest = uncachedTokens(usage);
  const audio = rates.input_audio === undefined ? 0 : Math.min(usage.inputAudioTokens, rest);
  rest -= audio;
  const image = rates.input_image === undefined ? 0 : Math.min(usage.inputImageTokens, rest);
  rest -= image;
  charge.add('input', rest);
  charge.add('cache_read', usage.cacheReadTokens);
  charge.add('cache_write_5m', usage.cacheWrite5mTokens);
  charge.add('cache_write_1h', usage.cacheWrite1hTokens);
  charge.add('input_audio', audio);
  charge.add('input_image', image);
}

function chargeOutput(charge: Charge, usage: TokenUsage, rates: Rates): void {
  let rest = usage.outputTokens;
  const reasoning = rates.reasoning === undefined ? 0 : Math.min(usage.reasoningTokens, rest);
  rest -= reasoning;
  const audio = rates.output_audio === undefined ? 0 : Math.min(usage.outputAudioTokens, rest);
  rest -= audio;
  const image = rates.output_image === undefined ? 0 : Math.min(usage.outputImageTokens, rest);
  rest -= image;
  charge.add('output', rest);
  charge.add('reasoning', reasoning);
  charge.add('output_audio', audio);
  charge.add('output_image', image);
}

/** Gathers one call's classes. */
class Charge {
  readonly classes: Partial<Record<TokenClass, bigint>> = {};
  total = 0n;
  readonly #rates: Rates;

  constructor(rates: Rates) {
    this.#rates = rates;
  }

  add(name: TokenClass, tokens: number): void {
    const rate = this.#rates[name];
    if (tokens === 0 || rate === undefined) return;
    const cost = chargeTokens(tokens, rate);
    this.classes[name] = cost;
    this.total += cost;
  }
}
