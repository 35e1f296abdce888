import type { SessionCost } from '@niitaka/protocol/session.ts';
import { expect, test } from 'vitest';
import {
  belowText,
  lateText,
  sharesByClass,
  sharesByModel,
  sharesBySource,
} from './cost-shares.ts';

const cost: SessionCost = {
  total_cost: 0.4837,
  total_cost_nano_usd: '483700000',
  late_cost: 0,
  by_model: [
    {
      provider: 'openai',
      model: 'gpt-5-mini',
      calls: 1,
      input_tokens: 900,
      output_tokens: 40,
      cost: 0.0012,
      cost_nano_usd: '1200000',
      unpriced: 0,
    },
    {
      provider: 'anthropic',
      model: 'claude-sonnet-5',
      calls: 12,
      input_tokens: 80_000,
      output_tokens: 6_000,
      cost: 0.4825,
      cost_nano_usd: '482500000',
      unpriced: 0,
    },
    {
      provider: null,
      model: null,
      calls: 2,
      input_tokens: 5,
      output_tokens: 5,
      cost: 0,
      cost_nano_usd: '0',
      unpriced: 2,
    },
  ],
  by_class: [
    { token_class: 'cache_read', tokens: 9_216, cost: 0.0027648, cost_nano_usd: '2764800' },
  ],
  by_source: [
    { source: 'computed', calls: 13, cost: 0.4837 },
    { source: 'unpriced', calls: 2, cost: 0 },
  ],
  steps: [],
  unpriced: [],
  tree: null,
  tree_by_model: [],
};

test('sharesByModel() puts the dearest first and leads to its events', () => {
  expect(sharesByModel(cost)[0]).toEqual({
    key: 'anthropic/claude-sonnet-5',
    name: 'claude-sonnet-5',
    detail: 'anthropic · 12 calls · 80,000 in, 6,000 out',
    cost: '$0.4825',
    exact: '$0.4825',
    share: 1,
    find: 'model:claude-sonnet-5',
  });
});

test('sharesByModel() never shows an unknown price as $0 (S6)', () => {
  expect(sharesByModel(cost)[2]).toMatchObject({
    name: 'no model',
    detail: '2 calls · 5 in, 5 out · 2 without price',
    cost: 'no price',
    share: 0,
    find: 'model:none',
  });
});

test('sharesByClass() and sharesBySource() (C1)', () => {
  expect(sharesByClass(cost)).toEqual([
    {
      key: 'cache_read',
      name: 'cache read',
      detail: '9,216 tokens',
      cost: '$0.0028',
      exact: '$0.0027648',
      share: 1,
      find: '',
    },
  ]);
  expect(sharesBySource(cost).map((row) => [row.name, row.cost, row.find])).toEqual([
    ['computed', '$0.4837', 'source:computed'],
    ['unpriced', 'no price', 'source:unpriced'],
  ]);
});

test('belowText() and lateText() name what is not the own cost', () => {
  expect([belowText(cost), lateText(cost)]).toEqual([null, null]);
  const tree = {
    sessions: 7,
    running: 0,
    total_cost: 0.912,
    total_cost_nano_usd: '912000000',
    late_cost: 0,
    total_tokens: 0,
    step_count: 0,
    error_count: 0,
    unpriced_count: 0,
    truncated: false,
  };
  expect(belowText({ ...cost, tree })).toBe('$0.4283 in 6 sessions below');
  expect(lateText({ ...cost, late_cost: 0.01 })).toBe('$0.0100 came after the end');
});
