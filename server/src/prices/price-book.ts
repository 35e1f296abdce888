import { createRequire } from 'node:module';
import { parsePrice, type Price, type PriceRow } from '@niitaka/core/cost/price.ts';
import type { calcPrice, ModelPrice, PriceCalculation } from '@pydantic/genai-prices';
import { modelSpellings, type ModelName } from './model-spellings.ts';

/** Public list prices, shipped with the program, dated, never fetched. */
export interface PriceBook {
  /** The price of a model at a time, null when the book has none: unknown and unlisted alike are unpriced. */
  find(provider: string | null, model: string | null, atMs: number): Price | null;
}

/** Names the table in every stored cost: package and version. */
export const priceBookVersion = 'genai-prices 0.1.8';

/** Answers kept at a time, known and unknown; the oldest goes first. */
export const maxCachedPrices = 10_000;

/** A price book with an empty cache; a look-up costs some 40 µs once per provider, model and day. */
export function openPriceBook(): PriceBook {
  const cache = new Map<string, Price | null | 'varies'>();
  const priceOf = rememberPrices();
  const cached = (key: string, make: () => Price | null | 'varies') => {
    const found = cache.get(key);
    if (found !== undefined) return found;
    const made = make();
    if (cache.size >= maxCachedPrices) cache.delete(cache.keys().next().value ?? '');
    cache.set(key, made);
    return made;
  };
  return {
    find(provider, model, atMs) {
      if (model === null || model === '') return null;
      const name = `${provider ?? ''}\n${model}\n`;
      const day = Math.floor(atMs / dayMs);
      const entry = cached(`${name}${day}`, () => lookUp(provider, model, atMs, priceOf));
      if (entry !== 'varies') return entry;
      const minute = Math.floor(atMs / minuteMs);
      const price = cached(`${name}m${minute}`, () => {
        const found = calculationFor(provider, model, minute * minuteMs);
        return priceOf(found, provider, model);
      });
      return price === 'varies' ? null : price;
    },
  };
}

const dayMs = 86_400_000;
const minuteMs = 60_000;

/** A few models cost less at night: their prices are looked up by the minute. */
function lookUp(
  provider: string | null,
  model: string,
  atMs: number,
  priceOf: PriceOf,
): Price | null | 'varies' {
  const found = calculationFor(provider, model, atMs);
  const prices = found?.model.prices;
  const varies =
    Array.isArray(prices) && prices.some(({ constraint }) => constraint?.type === 'time_of_date');
  return varies ? 'varies' : priceOf(found, provider, model);
}

function calculationFor(
  provider: string | null,
  model: string,
  atMs: number,
): PriceCalculation | null {
  for (const name of modelSpellings(provider, model)) {
    const found = calculate(name, new Date(atMs));
    if (found !== null) return found;
  }
  return null;
}

function calculate(name: ModelName, timestamp: Date): PriceCalculation | null {
  const options = name.provider === null ? { timestamp } : { timestamp, providerId: name.provider };
  return table().calcPrice({}, name.model, options);
}

interface PriceTable {
  readonly calcPrice: typeof calcPrice;
}

let loadedTable: PriceTable | null = null;

/** The table takes 21 MB: it is read when the first call is to be priced. */
function table(): PriceTable {
  loadedTable ??= createRequire(import.meta.url)('@pydantic/genai-prices') as PriceTable;
  return loadedTable;
}

type PriceOf = (
  found: PriceCalculation | null,
  provider: string | null,
  model: string,
) => Price | null;

/** One object per price, however many days it holds: what is stored once can be recognised by it. */
function rememberPrices(): PriceOf {
  const prices = new Map<string, Price>();
  return (found, provider, model) => {
    if (found === null || !hasTokenPrices(found.model_price)) return null;
    const row = rowOf(found.model_price, provider ?? found.provider.id, model);
    const text = JSON.stringify(row);
    const known = prices.get(text);
    if (known !== undefined) return known;
    const price = parsePrice(row, priceBookVersion);
    if (!price.ok) return null;
    if (prices.size >= maxCachedPrices) prices.clear();
    prices.set(text, price.value);
    return price.value;
  };
}

/** Free previews have no prices at all, transcription has hours: neither says what a token costs. */
function hasTokenPrices(prices: ModelPrice): boolean {
  return prices['input_mtok'] !== undefined || prices['output_mtok'] !== undefined;
}

const columns = [
  ['input', 'input_mtok'],
  ['output', 'output_mtok'],
  ['cache_read', 'cache_read_mtok'],
  ['cache_write_5m', 'cache_write_mtok'],
  ['cache_write_1h', 'cache_write_1h_mtok'],
  ['reasoning', 'output_reasoning_mtok'],
  ['input_audio', 'input_audio_mtok'],
  ['output_audio', 'output_audio_mtok'],
  ['input_image', 'input_image_mtok'],
  ['output_image', 'output_image_mtok'],
] as const;

/** A side without a price (embeddings have no output) costs nothing; 1 h writes without one are plain writes. */
function rowOf(source: ModelPrice, provider: string, model: string): PriceRow {
  const filled: ModelPrice = { input_mtok: 0, output_mtok: 0, ...source };
  filled['cache_write_1h_mtok'] ??= filled['cache_write_mtok'];
  const row: Record<string, string | number> = { provider, model };
  for (const [name, key] of columns) {
    const price = filled[key];
    if (price === undefined) continue;
    row[name] = String(typeof price === 'number' ? price : price.base);
    const tier = typeof price === 'number' ? undefined : price.tiers[0];
    if (tier === undefined) continue;
    row[`tier_${name}`] = String(tier.price);
    row['tier_above'] = tier.start;
  }
  return row;
}
