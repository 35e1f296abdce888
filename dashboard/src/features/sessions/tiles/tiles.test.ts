import type { SessionStats } from '@niitaka/protocol/session.ts';
import { expect, test } from 'vitest';
import { tileTexts } from './tile-texts.ts';

const stats: SessionStats = {
  from: null,
  to: null,
  total_sessions: { value: 1_082, previous: 1_000, series: [1, 2] },
  running: { value: 14, quiet: 2, series: [] },
  total_cost: {
    value: 184.37,
    nano_usd: '184370000000',
    previous: 164,
    late: 0,
    unpriced: 23,
    incomplete: 1,
    series: [],
  },
  unique_agents: { value: 31, previous: 31, series: [] },
  by_status: { running: 14, done: 1_062, stale: 6 },
  with_errors: 9,
};

test('tileTexts() shows each figure with its change (S12)', () => {
  const [total, running, cost, agents] = tileTexts(stats, 'vs previous 7 d');
  expect(total).toMatchObject({
    figure: '1,082',
    change: { text: '8.2 %', up: true },
    notes: ['vs previous 7 d'],
  });
  expect(running).toMatchObject({ figure: '14', change: null, notes: ['2 quiet'] });
  expect(cost).toMatchObject({
    figure: '$184.37',
    change: { text: '12.4 %', up: true },
    costly: true,
  });
  expect(agents).toMatchObject({
    figure: '31',
    change: null,
    notes: ['as many in the previous 7 d'],
  });
});

test('tileTexts() marks unpriced and incomplete cost, and never calls it $0 (S6, D1)', () => {
  const cost = tileTexts(stats, 'vs previous 7 d')[2];
  expect(cost).toMatchObject({ notes: ['23 unpriced', '1 incomplete'], caution: true });
  const none = { ...stats, total_cost: { ...stats.total_cost, nano_usd: '0' } };
  expect(tileTexts(none, '')[2]?.figure).toBe('no price');
});

test('tileTexts() has no change when there was nothing before', () => {
  const first = { ...stats, total_sessions: { value: 3, previous: 0, series: [] } };
  expect(tileTexts(first, 'x')[0]).toMatchObject({
    change: null,
    notes: ['none in the range before'],
  });
});
