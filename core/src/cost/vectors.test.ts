import { describe, expect, test } from 'vitest';
import fixed from '../../../vectors/cost.json' with { type: 'json' };
import random from '../../../vectors/cost-random.json' with { type: 'json' };
import { nanoUsdOf } from '../money/nano-usd.ts';
import { isUsageFormat, normaliseUsage } from './normalise-usage.ts';
import { priceCall } from './price-call.ts';
import { parsePrice, type PriceRow } from './price.ts';
import { uncachedTokens } from './token-usage.ts';

interface Vector {
  readonly id: string;
  readonly usage: Readonly<Record<string, unknown>>;
  readonly prices: object | null;
  readonly expected_cost_usd: number | null;
  readonly normalized?: Readonly<Record<string, number>>;
}

const vectors = [...fixed.cases, ...random.cases] as unknown as readonly Vector[];

describe('the cost vectors', () => {
  test.each(vectors.map((vector) => [vector.id, vector] as const))('%s (C1, C2)', (_id, vector) => {
    const { format } = vector.usage;
    if (!isUsageFormat(format)) throw new Error(`unknown format ${String(format)}`);
    const usage = normaliseUsage(format, vector.usage);
    const price = vector.prices === null ? null : parsePrice(vector.prices as PriceRow, 'vectors');
    if (price?.ok === false) throw new Error(price.failure.message);
    const expected = vector.expected_cost_usd;
    const cost = priceCall(usage, price?.value ?? null)?.costNanoUsd ?? null;
    expect(cost).toBe(expected === null ? null : nanoUsdOf(expected));
    const normalised: Record<string, number> = {
      prompt_tokens: usage.inputTokens,
      uncached: uncachedTokens(usage),
      cache_read: usage.cacheReadTokens,
      cache_write_5m: usage.cacheWrite5mTokens,
      cache_write_1h: usage.cacheWrite1hTokens,
      completion_tokens: usage.outputTokens,
      reasoning: usage.reasoningTokens,
    };
    expect(normalised).toMatchObject(vector.normalized ?? {});
  });
});
