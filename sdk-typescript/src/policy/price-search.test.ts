import { expect, test } from 'vitest';
import { PriceSearch } from './price-search.ts';

test('PriceSearch.isDue() asks for a new model at once, then in growing pauses (P5)', () => {
  const search = new PriceSearch();
  const asked: number[] = [];
  for (let tick = 0; tick < 200_000; tick += 50) {
    if (search.isDue(new Set(['unheard-of']), tick)) asked.push(tick);
  }
  const pauses = asked.slice(1).map((tick, at) => tick - (asked[at] ?? 0));
  expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  expect(search.isDue(new Set(['unheard-of', 'another']), 200_000)).toBe(true);
  expect(search.isDue(new Set(['unheard-of', 'another']), 200_200)).toBe(false);
  expect(search.isDue(new Set(), 300_000)).toBe(false);
});
