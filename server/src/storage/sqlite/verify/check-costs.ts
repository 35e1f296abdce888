import { costOfEvent } from '@niitaka/core/cost/cost-of-event.ts';
import { parsePrice, type Price, type PriceRow } from '@niitaka/core/cost/price.ts';
import { goalWords } from '@niitaka/core/text/goal-words.ts';
import type { Connection } from '../connection.ts';
import { compareFields, type Report } from './difference.ts';

interface CallSql {
  readonly session_key: number;
  readonly position: number;
  readonly cost: string | null;
  readonly cost_source: string | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cost_classes: string | null;
  readonly price_id: number | null;
  readonly data: string;
}

/**
 * Prices every closed call again, with the price stored beside it, to the last digit (C1). Calls whose text was cut
 * and whose tokens were estimated from the whole of it are left out.
 */
export function checkCosts(db: Connection, report: Report): void {
  const prices = pricesUsed(db);
  const calls = db.prepare<[], CallSql>(
    `SELECT session_key, position, CAST(cost AS TEXT) AS cost, cost_source, input_tokens, output_tokens,
       cost_classes, price_id, data
     FROM events WHERE type = 'llm' AND state <> 1 AND NOT (truncated IS NOT NULL AND cost_source = 'estimated')`,
  );
  for (const call of calls.iterate()) {
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
    const subject = `${call.session_key} ${call.position}`;
    compareFields(report, 'cost of calls', subject, stored, recomputed);
  }
}

/** Cuts every goal into words again (S11). */
export function checkGoalWords(db: Connection, report: Report): void {
  const goals = db.prepare<[], { session_key: number; goal: string | null; goal_words: string }>(
    'SELECT session_key, goal, goal_words FROM sessions',
  );
  for (const { session_key: key, goal, goal_words: stored } of goals.iterate()) {
    const words = goal === null ? '' : goalWords(goal);
    compareFields(report, 'goal words', String(key), { words: stored }, { words });
  }
}

function pricesUsed(db: Connection): ReadonlyMap<number, Price> {
  const rows = db
    .prepare<[], { id: number; table_version: string; price: string }>('SELECT * FROM prices_used')
    .all();
  const prices = new Map<number, Price>();
  for (const { id, table_version: version, price } of rows) {
    const parsed = parsePrice(JSON.parse(price) as PriceRow, version);
    if (parsed.ok) prices.set(id, parsed.value);
  }
  return prices;
}

function sumOfClasses(text: string | null): bigint | null {
  if (text === null) return null;
  const parts = Object.values(JSON.parse(text) as Record<string, string>);
  return parts.reduce((sum, part) => sum + BigInt(part), 0n);
}
