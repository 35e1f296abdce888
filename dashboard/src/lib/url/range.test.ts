import { expect, test } from 'vitest';
import { customRangeSearch, previousLabel, rangeOf, relativeRangeSearch } from './range.ts';

const now = Date.parse('2026-11-22T12:00:00.000Z');
const week = rangeOf({}, now);

test('rangeOf() is the last 7 days unless the URL says otherwise', () => {
  expect(week).toEqual({ name: '7d', fromMs: now - 7 * 86_400_000, toMs: null });
  expect(rangeOf({ range: '24h' }, now).fromMs).toBe(now - 86_400_000);
  expect(rangeOf({ range: 'never' }, now).name).toBe('7d');
});

test('rangeOf() takes from and to only as a pair in order', () => {
  const custom = customRangeSearch(now - 1_000, now);
  expect(rangeOf(custom, now)).toEqual({ name: 'custom', fromMs: now - 1_000, toMs: now });
  expect(rangeOf({ from: '2026-11-22T12:00:00Z', to: '2026-11-21T12:00:00Z' }, now).name).toBe(
    '7d',
  );
  expect(relativeRangeSearch('30d')).toEqual({ range: '30d', from: undefined, to: undefined });
  expect(previousLabel(week)).toBe('vs previous 7 d');
});
