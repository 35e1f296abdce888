import { costOfEvent, pricedModel, type LlmData } from '@niitaka/core/cost/cost-of-event.ts';
import type { TokenUsage } from '@niitaka/core/cost/token-usage.ts';

/** Whole nano-USD of a call by the prices that are known; null when unknown (C1). */
export type CostOf = (data: LlmData) => bigint | null;

/** What calls cost where no prices are known: only what was reported. */
export const reportedCost: CostOf = (data) => costOfEvent(data, null, null).costNanoUsd;

/** Calls of a session that wait for the price of their model; a further one counts nothing for good. */
const unpricedLimit = 1_000;

/** What one session's calls of models have cost here, from its start, by the prices that are known by now (C1). */
export class Spending {
  /** Of the calls that have a price. */
  costNanoUsd = 0n;
  /** What is to be priced of the calls that have none yet. */
  #unpriced: LlmData[] = [];
  /** There are calls whose cost will never be known here. */
  #isBlind = false;

  /** Whether calls count nothing for want of a price (P2). */
  get hasUnpriced(): boolean {
    return this.#isBlind || this.#unpriced.length > 0;
  }

  /** A call was recorded; one that has no price waits for it. What a program calls its models breaks nothing. */
  add(data: LlmData, costOf: CostOf): void {
    try {
      const cost = costOf(data);
      if (cost !== null) this.costNanoUsd += cost;
      else this.#wait(data);
    } catch {
      this.#isBlind = true;
    }
  }

  /** Other prices are known: calls that waited for theirs count from here on. */
  priceAnew(costOf: CostOf): void {
    const waiting = this.#unpriced;
    this.#unpriced = [];
    for (const call of waiting) this.add(call, costOf);
  }

  #wait(data: LlmData): void {
    const { usage } = costOfEvent(data, null, null);
    const hasTokens = usage.inputTokens + usage.outputTokens > 0;
    if (hasTokens && this.#unpriced.length < unpricedLimit) this.#unpriced.push(kept(data, usage));
    else this.#isBlind = true;
  }
}

/** What the cost of a call depends on, without its content: that stands in the tokens by now. */
function kept(data: LlmData, { inputTokens, outputTokens }: TokenUsage): LlmData {
  const counts = Object.entries(data).filter(([name]) => name.endsWith('_tokens'));
  return {
    ...Object.fromEntries(counts),
    provider: data['provider'],
    model: pricedModel(data),
    input_tokens: inputTokens,
    output_tokens: outputTokens,
  };
}
