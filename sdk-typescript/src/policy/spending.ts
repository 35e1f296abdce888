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
  /** The newest day of a call, and what the calls of that day have cost. */
  #day = -1;
  #dayNanoUsd = 0n;
  /** What is to be priced of the calls that have none yet, with their days. */
  #unpriced: { readonly data: LlmData; readonly day: number }[] = [];
  /** There are calls whose cost will never be known here. */
  #isBlind = false;

  /** Whether calls count nothing for want of a price (P2). */
  get hasUnpriced(): boolean {
    return this.#isBlind || this.#unpriced.length > 0;
  }

  /** What the calls that began on a UTC day have cost, that day being today. */
  onDay(day: number): bigint {
    return day === this.#day ? this.#dayNanoUsd : 0n;
  }

  /** A call of a day was recorded; without a price it waits for one. What a program calls its models breaks nothing. */
  add(data: LlmData, costOf: CostOf, day: number): void {
    try {
      const cost = costOf(data);
      if (cost !== null) this.#count(cost, day);
      else this.#wait(data, day);
    } catch {
      this.#isBlind = true;
    }
  }

  /** Other prices are known: calls that waited for theirs count from here on. */
  priceAnew(costOf: CostOf): void {
    const waiting = this.#unpriced;
    this.#unpriced = [];
    for (const { data, day } of waiting) this.add(data, costOf, day);
  }

  #count(cost: bigint, day: number): void {
    this.costNanoUsd += cost;
    if (day > this.#day) [this.#day, this.#dayNanoUsd] = [day, 0n];
    if (day === this.#day) this.#dayNanoUsd += cost;
  }

  #wait(data: LlmData, day: number): void {
    const { usage } = costOfEvent(data, null, null);
    const hasTokens = usage.inputTokens + usage.outputTokens > 0;
    const hasRoom = this.#unpriced.length < unpricedLimit;
    if (hasTokens && hasRoom) this.#unpriced.push({ data: kept(data, usage), day });
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
