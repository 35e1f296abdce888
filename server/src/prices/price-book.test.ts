import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { maxCachedPrices, openPriceBook, priceBookVersion } from './price-book.ts';

const noon = Date.UTC(2026, 10, 24, 12);
const book = openPriceBook();

function row(provider: string | null, model: string | null, atMs = noon) {
  return book.find(provider, model, atMs)?.row ?? null;
}

describe('openPriceBook()', () => {
  test('gives prices as decimals, not floats (C1)', () => {
    expect(row('openai', 'gpt-5')).toEqual({
      provider: 'openai',
      model: 'gpt-5',
      input: '1.25',
      cache_read: '0.125',
      output: '10',
    });
  });

  test('gives tiers with a price per class (C2)', () => {
    expect(row('google', 'gemini-2.5-pro')).toEqual({
      provider: 'google',
      model: 'gemini-2.5-pro',
      input: '1.25',
      tier_input: '2.5',
      cache_read: '0.125',
      tier_cache_read: '0.25',
      output: '10',
      tier_output: '15',
      tier_above: 200_000,
    });
  });

  test('gives audio a price of its own where it has one (C2)', () => {
    expect(row('google', 'gemini-2.5-flash')?.input_audio).toBe('1');
  });

  test('charges writes for 1 h as plain writes where the table has no price for them', () => {
    const found = row('bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0');
    expect(found?.cache_write_5m).toBe('4.125');
    expect(found?.cache_write_1h).toBe('4.125');
  });

  test.each([
    ['google', 'models/gemini-2.5-pro', '1.25'],
    [null, 'gpt-5', '1.25'],
    [null, 'openai/gpt-5', '1.25'],
    ['litellm', 'anthropic/claude-sonnet-4-5', '3'],
    ['x_ai', 'grok-4', '3'],
    ['gcp.vertex_ai', 'claude-sonnet-4-5@20250929', '3'],
    ['OpenAI', ' GPT-4o ', '2.5'],
    ['openai', 'text-embedding-3-small', '0.02'],
  ])('finds %s %s (C1)', (provider, model, input) => {
    expect(row(provider, model)?.input).toBe(input);
  });

  test.each([
    ['openai', 'not-a-model'],
    ['not-a-provider', 'gpt-5'],
    [null, 'not-a-model'],
    ['openai', null],
    ['openai', ''],
    ['openai', 'whisper-1'],
    ['github-copilot', 'gpt-4o'],
    ['constructor', '__proto__'],
  ])('has no price for %s %s: unpriced, not free (S6)', (provider, model) => {
    expect(row(provider, model)).toBeNull();
  });

  test('takes the price of the day (C1)', () => {
    expect(row('anthropic', 'claude-sonnet-4-5', Date.UTC(2026, 0, 1))?.input).toBe('3');
    const before = row('openai', 'o3', Date.UTC(2025, 5, 9, 23, 59, 59, 999));
    const after = row('openai', 'o3', Date.UTC(2025, 5, 10));
    expect([before?.input, after?.input]).toEqual(['10', '2']);
  });

  test('takes the price of the hour where a model is cheaper at night (C1)', () => {
    const inputs = ['16:29', '16:30', '23:00', '00:29', '00:30'].map(
      (time) => row('deepseek', 'deepseek-chat', Date.parse(`2026-11-24T${time}Z`))?.input,
    );
    expect(inputs).toEqual(['0.27', '0.135', '0.135', '0.135', '0.27']);
  });

  test('answers the same object as long as the price holds, and keeps no more than its limit', () => {
    const nextWeek = noon + 7 * 86_400_000;
    expect(book.find('openai', 'gpt-5', noon)).toBe(book.find('openai', 'gpt-5', nextWeek));
    const small = openPriceBook();
    const first = small.find(null, 'gpt-5', 0);
    for (let day = 1; day <= maxCachedPrices; day += 1) small.find('p', 'x', day * 86_400_000);
    expect(small.find(null, 'gpt-5', 0)).toEqual(first);
  });

  test('names the installed table', () => {
    const url = import.meta.resolve('@pydantic/genai-prices');
    const installed = readFileSync(new URL('../package.json', url), 'utf8');
    const { version } = JSON.parse(installed) as { version: string };
    expect(priceBookVersion).toBe(`genai-prices ${version}`);
    expect(book.find('openai', 'gpt-5', noon)?.version).toBe(priceBookVersion);
  });
});
