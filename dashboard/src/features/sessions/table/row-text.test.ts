import { expect, test } from 'vitest';
import { rowFixture } from '../row-fixture.ts';
import { costText } from './cost-text.ts';
import { durationOf } from './duration-of.ts';

const now = Date.parse('2026-11-20T10:05:00.000Z');
const running = { status: 'running', duration_ms: null, ended_at: null } as const;

test('durationOf() ticks while running and is never negative (E6)', () => {
  expect(durationOf(rowFixture(), now)).toBe(12_000);
  expect(durationOf(rowFixture(running), now)).toBe(300_000);
  expect(durationOf(rowFixture({ ...running, started_at: '2026-11-20T10:06:00.000Z' }), now)).toBe(
    0,
  );
});

test('costText() never calls an unpriced session $0 (S6)', () => {
  const unpriced = { total_cost_nano_usd: '0', unpriced_count: 2 };
  expect(costText(rowFixture(unpriced))).toEqual({
    own: 'no price',
    tone: 'no-price',
    tree: null,
    caution: '2 calls without a price',
  });
  expect(costText(rowFixture({ total_cost_nano_usd: '0' })).own).toBe('$0');
  expect(costText(rowFixture({ unpriced_count: 1 })).own).toBe('$0.0184');
});

test('costText() marks totals of an incomplete session (D1)', () => {
  const whole = rowFixture().delivery;
  const lost = { ...whole, missing: 2, dropped: 1, incomplete: true };
  expect(costText(rowFixture({ delivery: lost })).caution).toBe('incomplete: 3 records not here');
  const open = { ...whole, open_senders: 1, incomplete: true };
  expect(costText(rowFixture({ delivery: open })).caution).toBe(
    'incomplete: a sender never closed',
  );
});
