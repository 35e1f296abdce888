import type { EventCost } from '@niitaka/protocol/event.ts';
import { isObject, type JsonObject } from './json-shape.ts';

/** One token class of a call. */
export interface CostRow {
  readonly name: string;
  readonly tokens: number | null;
  /** USD per million tokens as the price table writes it. */
  readonly price: string | null;
  readonly nanoUsd: string | null;
}

/** Classes in the order of a bill, with the usage field that counts each. */
const classes = [
  { id: 'input', name: 'input', field: 'input_tokens', side: 'input' },
  { id: 'cache_read', name: 'cache read', field: 'cache_read_tokens', side: 'input' },
  {
    id: 'cache_write_5m',
    name: 'cache write, 5 min',
    field: 'cache_write_5m_tokens',
    side: 'input',
  },
  { id: 'cache_write_1h', name: 'cache write, 1 h', field: 'cache_write_1h_tokens', side: 'input' },
  { id: 'input_audio', name: 'audio in', field: 'input_audio_tokens', side: 'input' },
  { id: 'input_image', name: 'image in', field: 'input_image_tokens', side: 'input' },
  { id: 'output', name: 'output', field: 'output_tokens', side: 'output' },
  { id: 'reasoning', name: 'reasoning', field: 'reasoning_tokens', side: 'output' },
  { id: 'output_audio', name: 'audio out', field: 'output_audio_tokens', side: 'output' },
  { id: 'output_image', name: 'image out', field: 'output_image_tokens', side: 'output' },
] as const;

/** The name of a token class in words. */
export function className(id: string): string {
  return classes.find((one) => one.id === id)?.name ?? id.replaceAll('_', ' ');
}

/**
 * A call's bill by token class (C1). `input` and `output` stand without the parts that are charged
 * apart (C2); without a bill the counts stand alone.
 */
export function costRows(data: unknown, cost: EventCost): CostRow[] {
  const usage = isObject(data) ? data : {};
  const price = isObject(cost.price) ? cost.price : {};
  const tier = isTier(usage, price);
  const billed = Object.keys(cost.classes).length > 0;
  const rows = classes
    .filter((one) => (billed ? cost.classes[one.id] !== undefined : count(usage, one.field) > 0))
    .map((one) => ({
      name: one.name,
      tokens: tokensOf(usage, one, cost.classes),
      price: billed ? priceOf(price, one, tier) : null,
      nanoUsd: cost.classes[one.id] ?? null,
    }));
  const unknown = Object.entries(cost.classes)
    .filter(([id]) => !classes.some((one) => one.id === id))
    .map(([id, nanoUsd]) => ({ name: className(id), tokens: null, price: null, nanoUsd }));
  return [...rows, ...unknown];
}

type TokenClass = (typeof classes)[number];

function tokensOf(
  usage: JsonObject,
  one: TokenClass,
  bill: Readonly<Record<string, string>>,
): number | null {
  if (usage[one.field] === undefined) return null;
  if (one.id !== 'input' && one.id !== 'output') return count(usage, one.field);
  const parts = classes.filter(
    (part) => part.side === one.side && part.id !== one.id && bill[part.id] !== undefined,
  );
  const apart = parts.reduce((sum, part) => sum + count(usage, part.field), 0);
  return Math.max(0, count(usage, one.field) - apart);
}

function priceOf(price: JsonObject, one: TokenClass, tier: boolean): string | null {
  const at = (id: string) => (tier ? (price[`tier_${id}`] ?? price[id]) : price[id]);
  const found = at(one.id) ?? at(one.side);
  return typeof found === 'string' || typeof found === 'number' ? String(found) : null;
}

function isTier(usage: JsonObject, price: JsonObject): boolean {
  const above = price['tier_above'];
  return typeof above === 'number' && count(usage, 'input_tokens') > above;
}

function count(usage: JsonObject, field: string): number {
  const value = usage[field];
  return typeof value === 'number' ? value : 0;
}
