import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { priceCall } from './price-call.ts';
import { parsePrice, type Price, type PriceRow } from './price.ts';
import { tokenUsage, type TokenUsage } from './token-usage.ts';

function price(row: PriceRow): Price {
  const parsed = parsePrice(row, 'test 1');
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

const sonnet = price({
  input: 3,
  output: 15,
  cache_read: 0.3,
  cache_write_5m: 3.75,
  cache_write_1h: 6,
});

describe('priceCall()', () => {
  test('charges each class by itself and cached tokens once (C2)', () => {
    const usage = tokenUsage({
      inputTokens: 8100,
      outputTokens: 200,
      cacheReadTokens: 5000,
      cacheWrite5mTokens: 1000,
      cacheWrite1hTokens: 2000,
      reasoningTokens: 150,
    });
    expect(priceCall(usage, sonnet)).toEqual({
      costNanoUsd: 20_550_000n,
      classes: {
        input: 300_000n,
        cache_read: 1_500_000n,
        cache_write_5m: 3_750_000n,
        cache_write_1h: 12_000_000n,
        output: 3_000_000n,
      },
      tier: false,
    });
  });

  test('is unpriced without a price, never free (S6)', () => {
    expect(priceCall(tokenUsage({ inputTokens: 1 }), null)).toBeNull();
  });

  test('is 0 for a call without tokens', () => {
    expect(priceCall(tokenUsage({}), sonnet)).toEqual({
      costNanoUsd: 0n,
      classes: {},
      tier: false,
    });
  });

  test('moves the whole request to the tier above the bound, not at it (C2)', () => {
    const gemini = price({
      input: 1.25,
      output: 10,
      tier_above: 200_000,
      tier_input: 2.5,
      tier_output: 15,
    });
    const at = tokenUsage({ inputTokens: 200_000, outputTokens: 1000 });
    const above = tokenUsage({ inputTokens: 200_001, outputTokens: 1000 });
    expect(priceCall(at, gemini)?.costNanoUsd).toBe(260_000_000n);
    expect(priceCall(above, gemini)?.costNanoUsd).toBe(515_002_500n);
    expect(priceCall(above, gemini)?.tier).toBe(true);
  });

  test('rounds each class half to even before adding (C1)', () => {
    const half = price({ input: 0.0005, output: 0.0005 });
    expect(priceCall(tokenUsage({ inputTokens: 1, outputTokens: 1 }), half)?.costNanoUsd).toBe(0n);
    expect(priceCall(tokenUsage({ inputTokens: 3, outputTokens: 3 }), half)?.costNanoUsd).toBe(4n);
  });

  test('charges audio, image and reasoning apart only at prices of their own (C2)', () => {
    const usage = tokenUsage({
      inputTokens: 100,
      cacheReadTokens: 60,
      inputAudioTokens: 30,
      inputImageTokens: 30,
      outputTokens: 50,
      reasoningTokens: 20,
      outputAudioTokens: 10,
      outputImageTokens: 5,
    });
    const all = {
      input_audio: 10,
      input_image: 20,
      reasoning: 7,
      output_audio: 30,
      output_image: 40,
    };
    expect(priceCall(usage, price({ input: 1, output: 2, ...all }))?.classes).toEqual({
      cache_read: 60_000n,
      input_audio: 300_000n,
      input_image: 200_000n,
      output: 30_000n,
      reasoning: 140_000n,
      output_audio: 300_000n,
      output_image: 200_000n,
    });
    expect(priceCall(usage, price({ input: 1, output: 2 }))?.classes).toEqual({
      input: 40_000n,
      cache_read: 60_000n,
      output: 100_000n,
    });
  });

  test('charges cached tokens beyond their total, and never a negative input', () => {
    const suspect = tokenUsage({ inputTokens: 10, cacheReadTokens: 20 });
    expect(priceCall(suspect, sonnet)?.classes).toEqual({ cache_read: 6000n });
  });
});

describe('priceCall(), any call', () => {
  const tokens = fc.nat(100_000_000);
  const usages: fc.Arbitrary<TokenUsage> = fc
    .record({
      inputTokens: tokens,
      outputTokens: tokens,
      cacheReadTokens: tokens,
      reasoningTokens: tokens,
    })
    .map(tokenUsage);
  const usd = fc.integer({ min: 0, max: 10_000_000 }).map((millionths) => `${millionths}e-5`);
  const prices = fc.record({ input: usd, output: usd, reasoning: fc.option(usd) }).map(price);

  test('costs exactly the sum of its classes (C1)', () => {
    fc.assert(
      fc.property(usages, prices, (usage, each) => {
        const cost = priceCall(usage, each);
        const sum = Object.values(cost?.classes ?? {}).reduce((total, nano) => total + nano, 0n);
        expect(cost?.costNanoUsd).toBe(sum);
      }),
    );
  });

  test("costs the same in any order of a provider's day: a tier depends on the request alone (C2)", () => {
    const tiered = price({ input: 1, output: 2, tier_above: 1000, tier_input: 3, tier_output: 4 });
    fc.assert(
      fc.property(usages, (usage) => {
        const flat = usage.inputTokens > 1000 ? { input: 3, output: 4 } : { input: 1, output: 2 };
        expect(priceCall(usage, tiered)?.costNanoUsd).toBe(
          priceCall(usage, price(flat))?.costNanoUsd,
        );
      }),
    );
  });

  test('costs within half a nano-USD per class of the exact product (C1)', () => {
    fc.assert(
      fc.property(tokens, fc.nat(10_000_000), (inputTokens, tenths) => {
        const each = price({ input: `${tenths}e-7`, output: 0 });
        const nanoUsd = priceCall(tokenUsage({ inputTokens }), each)?.costNanoUsd ?? 0n;
        const error = nanoUsd * 10_000n - BigInt(inputTokens) * BigInt(tenths);
        expect(error <= 5000n && error >= -5000n).toBe(true);
      }),
    );
  });

  test('costs no less with more output (C1)', () => {
    fc.assert(
      fc.property(usages, prices, tokens, (usage, each, more) => {
        const one = priceCall(usage, each)?.costNanoUsd ?? 0n;
        const larger = { ...usage, outputTokens: usage.outputTokens + more, reasoningTokens: 0 };
        const other = priceCall({ ...usage, reasoningTokens: 0 }, each)?.costNanoUsd ?? 0n;
        expect(priceCall(larger, each)?.costNanoUsd).toBeGreaterThanOrEqual(other);
        expect(one).toBeGreaterThanOrEqual(0n);
      }),
    );
  });
});
