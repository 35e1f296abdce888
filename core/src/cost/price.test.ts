import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePrice, tokenClasses, type Price, type PriceRow } from './price.ts';

function price(row: PriceRow): Price {
  const parsed = parsePrice(row, 'test 1');
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

function message(row: PriceRow): string {
  const parsed = parsePrice(row, 'test 1');
  return parsed.ok ? 'a price' : parsed.failure.message;
}

describe('parsePrice()', () => {
  test('stores every price as decimal text (C1)', () => {
    const row = {
      provider: 'openai',
      model: 'gpt-5',
      input: 1.25,
      output: '10.0',
      cache_read: 1.25e-7,
      tier_above: 200_000,
      tier_input: 2.5,
      over_report: true,
    };
    expect(price(row).row).toEqual({
      provider: 'openai',
      model: 'gpt-5',
      input: '1.25',
      output: '10',
      cache_read: '0.000000125',
      tier_above: 200_000,
      tier_input: '2.5',
      over_report: true,
    });
    expect(price(row).version).toBe('test 1');
    expect(price(row).overReport).toBe(true);
  });

  test('reads its own stored row as the same price', () => {
    const first = price({ input: 3, output: 15, cache_read: 0.3, tier_above: 9, tier_output: 1 });
    expect(price(first.row)).toEqual(first);
  });

  test('gives a class without a price the input price, in each tier its own (C2)', () => {
    const { rates, tierRates } = price({ input: 2, output: 3, tier_above: 5, tier_input: 7 });
    expect(rates.cache_read).toEqual(rates.input);
    expect(tierRates.cache_write_1h).toEqual(tierRates.input);
    expect(tierRates.input.numerator).toBe(7000n);
    expect(tierRates.output).toEqual(rates.output);
  });

  test('keeps the normal price of a class without a tier price (C2)', () => {
    const parsed = price({ input: 2, output: 3, cache_read: 0.2, tier_above: 5, tier_input: 7 });
    expect(parsed.tierRates.cache_read).toEqual(parsed.rates.cache_read);
  });

  test('knows no reasoning, audio or image rate that the row does not have', () => {
    expect(price({ input: 1, output: 1 }).rates.reasoning).toBeUndefined();
    expect(price({ input: 1, output: 1, input_audio: 4 }).rates.input_audio?.numerator).toBe(4000n);
  });

  test('has no tier without tier_above', () => {
    expect(price({ input: 1, output: 1, tier_input: 9 }).tierAbove).toBe(Infinity);
  });

  test.each<[PriceRow, string]>([
    [
      { output: 1 },
      'Cannot read price: input must be a decimal >= 0, USD per million tokens: got nothing',
    ],
    [
      { input: 1, output: 'free' },
      'Cannot read price: output must be a decimal >= 0, USD per million tokens: got "free"',
    ],
    [
      { input: -1, output: 1 },
      'Cannot read price: input must be a decimal >= 0, USD per million tokens: got -1',
    ],
    [
      { input: 1, output: 1, tier_cache_read: Number.NaN },
      'Cannot read price: tier_cache_read must be a decimal >= 0, USD per million tokens: got null',
    ],
    [
      { input: 1, output: 1, tier_above: 1.5 },
      'Cannot read price: tier_above must be a whole number of tokens >= 0: got 1.5',
    ],
  ])('says what is wrong with %j', (row, expected) => {
    expect(message(row)).toBe(expected);
  });
});

describe('parsePrice(), any row', () => {
  const value = fc.oneof(
    fc.double(),
    fc.string(),
    fc.constant(null),
    fc.nat(1000).map((thousandths) => `${thousandths}e-3`),
  );
  const fields = tokenClasses.flatMap((name) => [name, `tier_${name}`]);
  const rows = fc.dictionary(
    fc.constantFrom(...fields, 'tier_above'),
    value,
  ) as fc.Arbitrary<PriceRow>;

  test('is a price, or names the field that is wrong (C1)', () => {
    fc.assert(
      fc.property(rows, (row) => {
        const parsed = parsePrice(row, 'test 1');
        if (parsed.ok) return;
        const [problem] = parsed.failure.problems ?? [];
        expect([...fields, 'tier_above']).toContain(problem?.path);
        expect(parsed.failure.message).toMatch(/^Cannot read price: \w+ must be .+: got .+$/s);
      }),
    );
  });

  test('is the same price when its stored row is read again (C1)', () => {
    fc.assert(
      fc.property(rows, (row) => {
        const first = parsePrice({ input: 1, output: '2.5', ...row }, 'test 1');
        if (first.ok) expect(parsePrice(first.value.row, 'test 1')).toEqual(first);
      }),
    );
  });
});
