import { isUsageFormat, normaliseUsage } from '@niitaka/core/cost/normalise-usage.ts';
import { priceCall, type CallCost } from '@niitaka/core/cost/price-call.ts';
import { parsePrice, type PriceRow } from '@niitaka/core/cost/price.ts';
import { uncachedTokens, type TokenUsage } from '@niitaka/core/cost/token-usage.ts';
import { decimalText, parseDecimal } from '@niitaka/core/money/decimal.ts';
import { usdText } from '@niitaka/core/money/nano-usd.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Runs one cost case (`usage`, `prices`, and what is expected) and answers one line per difference. Only the keys
 * that the case has are compared; without `prices` it only normalises.
 */
export function checkCostCase(vector: Fields): readonly string[] {
  const raw = vector['usage'];
  if (!isFields(raw)) return [`expected an object \`usage\`, found ${shown(raw)}`];
  const format = raw['format'];
  if (!isUsageFormat(format)) return [`expected a known usage format, found ${shown(format)}`];
  const usage = normaliseUsage(format, raw);
  const normalised = checkNormalised(vector['normalized'], usage);
  return 'prices' in vector ? [...normalised, ...checkPrice(vector, usage)] : normalised;
}

function checkNormalised(expected: unknown, usage: TokenUsage): readonly string[] {
  if (expected === undefined) return [];
  if (!isFields(expected)) return [`expected an object \`normalized\`, found ${shown(expected)}`];
  const found = normalisedFields(usage);
  return Object.entries(expected)
    .filter(([key, value]) => found[key] !== value)
    .map(
      ([key, value]) => `normalized.${key}: expected ${shown(value)}, found ${shown(found[key])}`,
    );
}

function normalisedFields(usage: TokenUsage): Fields {
  return {
    prompt_tokens: usage.inputTokens,
    uncached: uncachedTokens(usage),
    cache_read: usage.cacheReadTokens,
    cache_write_5m: usage.cacheWrite5mTokens,
    cache_write_1h: usage.cacheWrite1hTokens,
    completion_tokens: usage.outputTokens,
    reasoning: usage.reasoningTokens,
    input_audio: usage.inputAudioTokens,
    output_audio: usage.outputAudioTokens,
    input_image: usage.inputImageTokens,
    output_image: usage.outputImageTokens,
  };
}

function checkPrice(vector: Fields, usage: TokenUsage): readonly string[] {
  const row = vector['prices'];
  const price = row === null ? null : parsePrice(row as PriceRow, 'vectors');
  if (price?.ok === false) return [price.failure.message];
  const cost = priceCall(usage, price?.value ?? null);
  return [...checkNanoUsd(vector, cost), ...checkUsd(vector, cost)];
}

function checkNanoUsd(vector: Fields, cost: CallCost | null): readonly string[] {
  if (!('expected_nano_usd' in vector)) return [];
  const expected = vector['expected_nano_usd'];
  const found = cost === null ? 'null' : String(cost.costNanoUsd);
  return String(expected) === found
    ? []
    : [`expected_nano_usd: expected ${String(expected)}, found ${found}`];
}

function checkUsd(vector: Fields, cost: CallCost | null): readonly string[] {
  if (!('expected_cost_usd' in vector)) return [];
  const expected = vector['expected_cost_usd'];
  const found = cost === null ? 'null' : usdText(cost.costNanoUsd);
  return decimalOrNull(expected) === found
    ? []
    : [`expected_cost_usd: expected ${shown(expected)}, found ${found}`];
}

/** The expected amount as plain decimal text, so that 1.05e-6 and 0.00000105 are the same. */
function decimalOrNull(value: unknown): string {
  const decimal =
    typeof value === 'number' || typeof value === 'string' ? parseDecimal(value) : null;
  return decimal === null ? String(value) : decimalText(decimal);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
