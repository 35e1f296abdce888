import { costOfEvent } from '@niitaka/core/cost/cost-of-event.ts';
import { parsePrice, type Price, type PriceRow } from '@niitaka/core/cost/price.ts';
import { goalWords } from '@niitaka/core/text/goal-words.ts';
import { compareFields, type Report } from './difference.ts';

/** A priced call as stored. */
export interface CallSql {
  /** As text: it may be beyond what a number holds. */
  readonly cost: string | null;
  readonly cost_source: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cost_classes: string | null;
  readonly price_id: number | null;
  readonly data: string;
}

/** The columns of {@link CallSql}. */
export const callColumns =
  'CAST(cost AS text) AS cost, cost_source, input_tokens, output_tokens, cost_classes, price_id, data';

/** Closed calls, but those whose text was cut and whose tokens were estimated from the whole of it. */
export const pricedCalls = `type = 'llm' AND state <> 1 AND NOT (truncated IS NOT NULL AND cost_source = 'estimated')`;

/** A row of `prices_used`. */
export interface PriceSql {
  readonly id: number;
  readonly table_version: string;
  readonly price: string;
}

/** Prices by the number that calls name them by. */
export type PricesUsed = ReadonlyMap<number, Price>;

export function pricesUsed(rows: readonly PriceSql[]): PricesUsed {
  const prices = new Map<number, Price>();
  for (const { id, table_version: version, price } of rows) {
    const parsed = parsePrice(JSON.parse(price) as PriceRow, version);
    if (parsed.ok) prices.set(id, parsed.value);
  }
  return prices;
}

/** Prices a closed call again, with the price stored beside it, to the last digit (C1). */
export function checkCall(report: Report, subject: string, call: CallSql, prices: PricesUsed) {
  const price = prices.get(call.price_id ?? -1) ?? null;
  const own = price?.overReport === true ? price : null;
  const cost = costOfEvent(JSON.parse(call.data) as Record<string, unknown>, own, price);
  const recomputed = {
    cost: cost.costNanoUsd,
    cost_source: cost.source,
    input_tokens: cost.usage.inputTokens,
    output_tokens: cost.usage.outputTokens,
    of_classes: cost.classes === null ? null : cost.costNanoUsd,
  };
  const stored = { ...call, of_classes: sumOfClasses(call.cost_classes) };
  compareFields(report, 'cost of calls', subject, stored, recomputed);
}

/** What a session has in columns of their own besides the text they were taken from. */
export interface TextsSql {
  readonly goal: string | null;
  readonly goal_words: string;
  readonly metrics: string | null;
  readonly goal_completed: number | null;
  readonly score: number | null;
}

/** The columns of {@link TextsSql}. */
export const textColumns = 'goal, goal_words, metrics, goal_completed, score';

/** Cuts the goal into words again (S11), and takes the two known metrics from all of them (S7). */
export function checkTexts(report: Report, subject: string, row: TextsSql): void {
  const words = row.goal === null ? '' : goalWords(row.goal);
  compareFields(report, 'goal words', subject, { words: row.goal_words }, { words });
  const metrics = JSON.parse(row.metrics ?? '{}') as Readonly<Record<string, unknown>>;
  const { goal_completed: completed, score } = metrics;
  compareFields(report, 'known metrics', subject, row as object as Record<string, unknown>, {
    goal_completed: typeof completed === 'boolean' ? Number(completed) : null,
    score: typeof score === 'number' ? score : null,
  });
}

function sumOfClasses(text: string | null): bigint | null {
  if (text === null) return null;
  const parts = Object.values(JSON.parse(text) as Record<string, string>);
  return parts.reduce((sum, part) => sum + BigInt(part), 0n);
}
