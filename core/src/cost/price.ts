import { decimalText, parseDecimal } from '../money/decimal.ts';
import { failure, success, type Problem, type Result } from '../result.ts';
import { tokenRate, type TokenRate } from './token-rate.ts';

/** What a call is charged by; the words of a stored break-down and, with a price each, of a price row. */
export type TokenClass = (typeof tokenClasses)[number];

/** Every token class, in the order of a break-down. */
export const tokenClasses = [
  'input',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'input_audio',
  'input_image',
  'output',
  'reasoning',
  'output_audio',
  'output_image',
] as const;

/**
 * A price as it stands on the wire and in storage: USD per million tokens as JSON number or decimal text, a
 * `tier_` price for requests of more than `tier_above` input tokens.
 */
export type PriceRow = {
  readonly provider?: string | null | undefined;
  readonly model?: string | null | undefined;
  readonly tier_above?: number | null | undefined;
  readonly over_report?: boolean | undefined;
} & { readonly [K in TokenClass | `tier_${TokenClass}`]?: number | string | null | undefined };

/** Prices of the classes that are always charged, and of those that have a price of their own. */
export type Rates = Readonly<Record<ChargedClass, TokenRate>> &
  Readonly<Partial<Record<TokenClass, TokenRate>>>;

/** A price row made ready for {@link priceCall}; made once, used for many calls. */
export interface Price {
  /** The row as it is stored with an event: every price as decimal text. */
  readonly row: PriceRow;
  /** Names the table and its edition, so that a stored cost tells where it came from. */
  readonly version: string;
  readonly rates: Rates;
  /** Input tokens above which the whole request is charged by `tierRates`; Infinity without a tier. */
  readonly tierAbove: number;
  readonly tierRates: Rates;
  /** The organisation wants this price also where a cost was reported (C1). */
  readonly overReport: boolean;
}

/**
 * A row made ready; `invalid` names the field that is wrong: `input` and `output` are needed, prices are decimals >= 0,
 * `tier_above` is a whole number of tokens >= 0. A class without a price takes the input or the output price; without
 * a tier price of its own it keeps its normal one (C2).
 */
export function parsePrice(row: PriceRow, version: string): Result<Price> {
  const problem = problemOf(row);
  if (problem !== null) return failure('invalid', problem.message, [problem]);
  const tierAbove = row.tier_above ?? Infinity;
  return success({
    row: storedRow(row),
    version,
    rates: ratesOf((name) => row[name]),
    tierAbove,
    tierRates: ratesOf((name) => row[`tier_${name}`] ?? row[name]),
    overReport: row.over_report === true,
  });
}

type ChargedClass = 'input' | 'cache_read' | 'cache_write_5m' | 'cache_write_1h' | 'output';
type PriceOf = (name: TokenClass) => number | string | null | undefined;

const priceFields = tokenClasses.flatMap((name) => [name, `tier_${name}`] as const);

function problemOf(row: PriceRow): Problem | null {
  for (const field of priceFields) {
    const value = row[field];
    const missing = value === null || value === undefined;
    if (missing && field !== 'input' && field !== 'output') continue;
    const decimal = missing ? null : parseDecimal(value);
    if (decimal === null || decimal.coefficient < 0n) {
      return badField(field, value, 'a decimal >= 0, USD per million tokens');
    }
  }
  const above = row.tier_above ?? 0;
  const wanted = 'a whole number of tokens >= 0';
  return Number.isSafeInteger(above) && above >= 0 ? null : badField('tier_above', above, wanted);
}

function badField(field: string, found: unknown, wanted: string): Problem {
  const shown = found === undefined ? 'nothing' : JSON.stringify(found);
  const message = `Cannot read price: ${field} must be ${wanted}: got ${shown}`;
  return { path: field, code: 'invalid', message };
}

function ratesOf(priceOf: PriceOf): Rates {
  const input = rateOf(priceOf('input'));
  const output = rateOf(priceOf('output'));
  if (input === undefined || output === undefined) throw new Error('a price row was not checked');
  const own = tokenClasses.map((name) => [name, rateOf(priceOf(name))] as const);
  return {
    cache_read: input,
    cache_write_5m: input,
    cache_write_1h: input,
    input,
    output,
    ...Object.fromEntries(own.filter(([, rate]) => rate !== undefined)),
  };
}

function rateOf(price: number | string | null | undefined): TokenRate | undefined {
  const decimal = price === null || price === undefined ? null : parseDecimal(price);
  return decimal === null ? undefined : tokenRate(decimal);
}

function storedRow(row: PriceRow): PriceRow {
  const stored: Record<string, string | number | boolean> = {};
  if (typeof row.provider === 'string') stored['provider'] = row.provider;
  if (typeof row.model === 'string') stored['model'] = row.model;
  for (const field of priceFields) {
    const decimal = parseDecimal(row[field] ?? '');
    if (decimal !== null) stored[field] = decimalText(decimal);
  }
  if (typeof row.tier_above === 'number') stored['tier_above'] = row.tier_above;
  if (row.over_report === true) stored['over_report'] = true;
  return stored;
}
