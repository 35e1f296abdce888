import { expect, test } from 'vitest';
import { groupByDay } from './group-by-day.ts';
import { signalFixture } from '../../lib/signal-fixture.ts';

const at = (...parts: [number, number, number, number, number]) => {
  const [year, month, day, hour, minute] = parts;
  return new Date(year, month - 1, day, hour, minute);
};
const nowMs = at(2026, 11, 24, 9, 30).getTime();
const signal = (number: number, when: Date) =>
  signalFixture(number, { occurred_at: when.toISOString() });

test('groupByDay() names today, yesterday and other days by the reader’s clock (G2)', () => {
  const signals = [
    signal(1, at(2026, 11, 24, 9, 0)),
    signal(2, at(2026, 11, 24, 0, 0)),
    signal(3, at(2026, 11, 23, 23, 59)),
    signal(4, at(2026, 11, 16, 12, 0)),
    signal(5, at(2025, 12, 31, 12, 0)),
  ];
  const days = groupByDay(signals, nowMs);
  expect(
    days.map(({ label, signals: those }) => [label, those.map(({ id }) => id.at(-1))]),
  ).toEqual([
    ['Today', ['1', '2']],
    ['Yesterday', ['3']],
    ['Mon 16 Nov', ['4']],
    ['Wed 31 Dec 2025', ['5']],
  ]);
  expect(days[1]?.startMs).toBe(at(2026, 11, 23, 0, 0).getTime());
});

test('groupByDay() of nothing is nothing', () => {
  expect(groupByDay([], nowMs)).toEqual([]);
});
