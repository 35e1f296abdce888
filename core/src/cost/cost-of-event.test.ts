import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { costOfEvent, pricedModel, type LlmData } from './cost-of-event.ts';
import { priceCall } from './price-call.ts';
import { parsePrice, type Price, type PriceRow } from './price.ts';

function price(row: PriceRow): Price {
  const parsed = parsePrice(row, 'test 1');
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

const book = price({ input: 1, output: 2 });
const own = price({ input: 10, output: 20 });
const over = price({ input: 10, output: 20, over_report: true });
const tokens = { input_tokens: 1000, output_tokens: 500 };

function cost(data: LlmData, organisation: Price | null, shipped: Price | null) {
  const { source, costNanoUsd } = costOfEvent(data, organisation, shipped);
  return [source, costNanoUsd];
}

describe('costOfEvent()', () => {
  test.each<[string, LlmData, Price | null, Price | null, string, bigint | null]>([
    ['a report before all', { ...tokens, cost_usd: 0.5 }, own, book, 'reported', 500_000_000n],
    ['a report of 0', { ...tokens, cost_usd: 0 }, own, book, 'reported', 0n],
    [
      'a report that is null as none',
      { ...tokens, cost_usd: null },
      null,
      book,
      'computed',
      2_000_000n,
    ],
    ['a report as decimal text', { cost_usd: '1e-9' }, null, null, 'reported', 1n],
    ['a negative report as none', { ...tokens, cost_usd: -1 }, null, book, 'computed', 2_000_000n],
    ['the organisation before the book', tokens, own, book, 'computed', 20_000_000n],
    ['the book', tokens, null, book, 'computed', 2_000_000n],
    ['a price over the report', { ...tokens, cost_usd: 0.5 }, over, book, 'computed', 20_000_000n],
    [
      'the report where that price has no tokens',
      { cost_usd: 0.5 },
      over,
      book,
      'reported',
      500_000_000n,
    ],
    ['no price as unpriced', tokens, null, null, 'unpriced', null],
    ['nothing known as unpriced', { model: 'gpt-5' }, null, book, 'unpriced', null],
    ['tokens of 0 as free', { input_tokens: 0, output_tokens: 0 }, null, book, 'computed', 0n],
    ['an embedding without output', { input_tokens: 1000 }, null, book, 'computed', 1_000_000n],
    [
      'content without tokens',
      { input: 'x'.repeat(8), output: ['abcd'] },
      null,
      book,
      'estimated',
      4000n,
    ],
    ['an interrupted call', { ...tokens, interrupted: true }, null, book, 'estimated', 2_000_000n],
    [
      'tokens that the sender estimated',
      { ...tokens, usage_estimated: true },
      null,
      book,
      'estimated',
      2_000_000n,
    ],
    [
      'a cut stream by what arrived of it',
      { input_tokens: 1000, output_tokens: 1, interrupted: true, output: 'x'.repeat(400) },
      null,
      book,
      'estimated',
      1_200_000n,
    ],
    [
      'a cut stream without a price',
      { ...tokens, interrupted: true },
      null,
      null,
      'unpriced',
      null,
    ],
  ])('takes %s (C1)', (_name, data, organisation, shipped, source, nanoUsd) => {
    expect(cost(data, organisation, shipped)).toEqual([source, nanoUsd]);
  });

  test('gives all that is needed to compute it again (C1)', () => {
    const data = { ...tokens, cache_read_tokens: 400, reasoning_tokens: 9, input_audio_tokens: 3 };
    const found = costOfEvent(data, null, book);
    expect(found.classes).toEqual({ input: 600_000n, cache_read: 400_000n, output: 1_000_000n });
    expect(found.price).toBe(book);
    expect(found.usage.cacheReadTokens).toBe(400);
    expect(found.usage.inputTokens).toBe(1000);
  });

  test('keeps the tokens of reported and unpriced calls, without classes (S1)', () => {
    for (const data of [tokens, { ...tokens, cost_usd: 1 }]) {
      const found = costOfEvent(data, null, null);
      expect(found.usage.outputTokens).toBe(500);
      expect(found.classes).toBeNull();
      expect(found.price).toBeNull();
    }
  });
});

describe('pricedModel()', () => {
  test.each([
    [{ model: 'gpt-5', response_model: 'gpt-5-2025-08-07' }, 'gpt-5-2025-08-07'],
    [{ model: 'gpt-5', response_model: '' }, 'gpt-5'],
    [{ model: 'gpt-5' }, 'gpt-5'],
    [{ model: 5 }, null],
    [{}, null],
  ])('of %j is %s (C1)', (data, expected) => {
    expect(pricedModel(data)).toBe(expected);
  });
});

describe('costOfEvent(), any event', () => {
  const count = fc.oneof(fc.nat(1_000_000), fc.constant(null), fc.constant(undefined), fc.string());
  const data: fc.Arbitrary<LlmData> = fc.record(
    {
      input_tokens: count,
      output_tokens: count,
      cache_read_tokens: count,
      cache_write_5m_tokens: count,
      reasoning_tokens: count,
      cost_usd: fc.oneof(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.constant(null),
        fc.string(),
      ),
      interrupted: fc.boolean(),
      input: fc.anything({ maxDepth: 3 }),
      output: fc.string(),
    },
    { requiredKeys: [] },
  );
  const prices = fc.constantFrom(null, book, own, over);

  test('is unpriced exactly when it has no cost, and never costs less than nothing (S6)', () => {
    fc.assert(
      fc.property(data, prices, prices, (event, organisation, shipped) => {
        const found = costOfEvent(event, organisation, shipped);
        expect(found.costNanoUsd === null).toBe(found.source === 'unpriced');
        expect(found.costNanoUsd ?? 0n).toBeGreaterThanOrEqual(0n);
      }),
    );
  });

  test('can be computed again from its classes and its price (C1)', () => {
    fc.assert(
      fc.property(data, prices, prices, (event, organisation, shipped) => {
        const found = costOfEvent(event, organisation, shipped);
        if (found.price === null) return;
        expect(priceCall(found.usage, found.price)).toMatchObject({
          costNanoUsd: found.costNanoUsd,
          classes: found.classes,
        });
        expect(found.price).toBe(organisation ?? shipped);
      }),
    );
  });

  test('is the same whatever the book says once a cost was reported (C1)', () => {
    fc.assert(
      fc.property(data, fc.nat(1_000_000), (event, millionths) => {
        const reported = { ...event, cost_usd: `${millionths}e-6` };
        for (const shipped of [null, book]) {
          expect(cost(reported, own, shipped)).toEqual(['reported', BigInt(millionths) * 1000n]);
        }
      }),
    );
  });

  test('is at most estimated for an interrupted call (C2)', () => {
    fc.assert(
      fc.property(data, prices, (event, shipped) => {
        const { source } = costOfEvent(
          { ...event, interrupted: true, cost_usd: null },
          null,
          shipped,
        );
        expect(['estimated', 'unpriced']).toContain(source);
      }),
    );
  });
});
