import { describe, expect, test } from 'vitest';
import fixed from '../../../vectors/cost.json' with { type: 'json' };
import nested from '../../../vectors/cost-nested.json' with { type: 'json' };
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
  readonly expected_cost_usd?: number | null;
  readonly expected_nano_usd?: number | null;
  readonly normalized?: Readonly<Record<string, number>>;
}

const vectors = [...fixed.cases, ...random.cases, ...nested.cases] as unknown as readonly Vector[];

function expectedNanoUsd({
  expected_cost_usd: usd,
  expected_nano_usd: nano,
}: Vector): bigint | null {
  if (nano !== undefined) return nano === null ? null : BigInt(nano);
  return usd === null || usd === undefined ? null : nanoUsdOf(usd);
}

describe('the cost vectors', () => {
  test.each(vectors.map((vector) => [vector.id, vector] as const))('%s (C1, C2)', (_id, vector) => {
    const { format } = vector.usage;
    if (!isUsageFormat(format)) throw new Error(`unknown format ${String(format)}`);
    const usage = normaliseUsage(format, vector.usage);
    const price = vector.prices === null ? null : parsePrice(vector.prices as PriceRow, 'vectors');
    if (price?.ok === false) throw new Error(price.failure.message);
    const cost = priceCall(usage, price?.value ?? null)?.costNanoUsd ?? null;
    expect(cost).toBe(expectedNanoUsd(vector));
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
