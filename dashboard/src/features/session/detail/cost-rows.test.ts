import type { EventCost } from '@niitaka/protocol/event.ts';
import { expect, test } from 'vitest';
import { className, costRows } from './cost-rows.ts';

const cost = (fields: Partial<EventCost>): EventCost => ({
  source: 'computed',
  cost: 0,
  cost_nano_usd: '0',
  classes: {},
  table_version: null,
  price: null,
  ...fields,
});

test('costRows() takes a call apart: tokens, price and nano-USD by class (C1, C2)', () => {
  const usage = { input_tokens: 12_480, output_tokens: 1_102, cache_read_tokens: 9_216 };
  const bill = cost({
    classes: { input: '9792000', cache_read: '2764800', output: '16530000' },
    price: { input: '3', output: '15', cache_read: '0.3' },
  });
  expect(costRows(usage, bill)).toEqual([
    { name: 'input', tokens: 3_264, price: '3', nanoUsd: '9792000' },
    { name: 'cache read', tokens: 9_216, price: '0.3', nanoUsd: '2764800' },
    { name: 'output', tokens: 1_102, price: '15', nanoUsd: '16530000' },
  ]);
});

test('costRows() shows the tier price, and the input price where a class has none (C2)', () => {
  const usage = { input_tokens: 250_000, cache_read_tokens: 50_000 };
  const bill = cost({
    classes: { input: '1', cache_read: '2' },
    price: { input: '3', output: '15', tier_above: 200_000, tier_input: '6' },
  });
  expect(costRows(usage, bill).map((row) => [row.tokens, row.price])).toEqual([
    [200_000, '6'],
    [50_000, '6'],
  ]);
});

test('costRows() of a call without a bill counts its tokens alone', () => {
  const usage = { input_tokens: 10, output_tokens: 5, reasoning_tokens: 0 };
  expect(costRows(usage, cost({ source: 'unpriced' }))).toEqual([
    { name: 'input', tokens: 10, price: null, nanoUsd: null },
    { name: 'output', tokens: 5, price: null, nanoUsd: null },
  ]);
});

test('costRows() keeps a class it does not know', () => {
  expect(costRows(null, cost({ classes: { web_search: '7' } }))).toEqual([
    { name: 'web search', tokens: null, price: null, nanoUsd: '7' },
  ]);
});

test('className() has words for the classes', () => {
  expect(className('cache_write_1h')).toBe('cache write, 1 h');
});
