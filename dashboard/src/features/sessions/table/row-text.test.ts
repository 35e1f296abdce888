import { expect, test } from 'vitest';
import { formatClock } from '../../../lib/format-time.ts';
import { rowFixture } from '../row-fixture.ts';
import { costText } from './cost-text.ts';
import { durationOf, rowNote } from './row-note.ts';

const now = Date.parse('2026-11-20T10:05:00.000Z');
const running = { status: 'running', duration_ms: null, ended_at: null } as const;

test('rowNote() says what a running row waits for (S4)', () => {
  const waiting_for = {
    event_id: '00000000-0000-7000-8000-000000000009',
    type: 'llm',
    name: 'gpt-5',
    since: '2026-11-20T10:04:19.000Z',
  } as const;
  expect(rowNote(rowFixture({ ...running, waiting_for }), now)).toBe('in gpt-5 for 41 s');
  expect(
    rowNote(rowFixture({ ...running, waiting_for: { ...waiting_for, name: null } }), now),
  ).toBe('in llm for 41 s');
});

test('rowNote() says for how long a running row is quiet (S4)', () => {
  expect(rowNote(rowFixture({ ...running, last_event_at: '2026-11-20T10:02:00.000Z' }), now)).toBe(
    'quiet for 3 min',
  );
  expect(rowNote(rowFixture({ ...running, last_event_at: '2026-11-20T10:04:50.000Z' }), now)).toBe(
    '',
  );
});

test('rowNote() shows the last sign of life of a stale row, and nothing of a done one', () => {
  const last_seen_at = '2026-11-20T10:01:00.000Z';
  const clock = formatClock(Date.parse(last_seen_at));
  expect(rowNote(rowFixture({ status: 'stale', last_seen_at }), now)).toBe(
    `last sign of life ${clock}`,
  );
  expect(rowNote(rowFixture(), now)).toBe('');
});

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
