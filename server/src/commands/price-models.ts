import type { PriceRow } from '@niitaka/core/cost/price.ts';
import { success } from '@niitaka/core/result.ts';
import type { Command } from './command.ts';

export interface PriceModels {
  readonly models: readonly string[];
}

export interface PricedModel {
  readonly model: string;
  /** What a call of it costs today at the provider that the name tells; null where the book has none. */
  readonly price: PriceRow | null;
}

/** Looks models up in the price book by their names alone; writes nothing (C1). */
export const priceModels: Command<PriceModels, PricedModel[]> = async (
  { findPrice, nowMs },
  { models },
) => success(models.map((model) => ({ model, price: findPrice(null, model, nowMs)?.row ?? null })));
