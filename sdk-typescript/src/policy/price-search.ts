/** After the first look for the price of a model, ms; each further pause is twice as long, up to the longest. */
const firstPauseMs = 250;
const longestPauseMs = 60_000;

/** When the server is to be asked for prices: it has those of models that it has heard of. */
export class PriceSearch {
  #sought: ReadonlySet<string | null> = new Set();
  #pauseMs = 0;
  #dueTick = 0;

  /** Whether it is to be asked now, calls of these models having no price: at once for one that is new. */
  isDue(models: ReadonlySet<string | null>, nowTick: number): boolean {
    if (models.size === 0) return false;
    const isNew = [...models].some((model) => !this.#sought.has(model));
    if (!isNew && nowTick < this.#dueTick) return false;
    this.#sought = isNew ? new Set([...this.#sought, ...models]) : models;
    this.#pauseMs = isNew ? firstPauseMs : Math.min(2 * this.#pauseMs, longestPauseMs);
    this.#dueTick = nowTick + this.#pauseMs;
    return true;
  }
}
