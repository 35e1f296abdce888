import type { PriceRow } from '@niitaka/core/cost/price.ts';
import type { Clock } from '../context.ts';
import type { Run } from './app-parts.ts';

/** Models whose prices are kept ready; when there are more, they are asked for anew. */
export const keptModels = 1_000;

/** Prices may change by the hour. */
const keptForMs = 3_600_000;

/**
 * Finds the prices of models that are known by name alone; the model tells the provider, and one that the price book
 * does not have is left out. The writer has the book: it takes memory, and the main thread would stand still to read it.
 */
export function namedPrices(
  run: Run,
  clock: Clock,
): (models: readonly string[]) => Promise<readonly PriceRow[]> {
  const kept = new Map<string, PriceRow | null>();
  let hour = 0;
  return async (models) => {
    const now = Math.floor(clock() / keptForMs);
    if (now !== hour || kept.size > keptModels) kept.clear();
    hour = now;
    const unknown = models.filter((model) => !kept.has(model));
    if (unknown.length > 0) {
      const found = await run('price-models', { models: unknown });
      if (found.ok) for (const { model, price } of found.value) kept.set(model, price);
    }
    return models.flatMap((model) => kept.get(model) ?? []);
  };
}
