import { expect, test } from 'vitest';
import {
  formatAgo,
  formatClock,
  formatDay,
  formatDayClock,
  formatUtc,
  formatWeekday,
} from './format-time.ts';

const now = new Date(2026, 10, 22, 14, 0, 0).getTime();

test.each([
  [-500, 'now'],
  [999, 'now'],
  [12_000, '12 s ago'],
  [61_000, '1 min ago'],
  [3_600_000, '1 h ago'],
  [2 * 86_400_000, '2 d ago'],
])('formatAgo() %d ms is %s', (age, text) => {
  expect(formatAgo(now - age, now)).toBe(text);
});

test('formatAgo() turns to a date after seven days', () => {
  expect(formatAgo(now - 7 * 86_400_000, now)).toBe('15 Nov');
});

test('formatDay() names the year when it is another one', () => {
  expect(formatDay(new Date(2026, 0, 3).getTime(), now)).toBe('3 Jan');
  expect(formatDay(new Date(2025, 11, 31).getTime(), now)).toBe('31 Dec 2025');
});

test('formatClock() is local wall-clock time', () => {
  const at = new Date(2026, 10, 22, 4, 2, 51).getTime();
  expect(formatClock(at)).toBe('04:02:51');
  expect(formatDayClock(at, now)).toBe('22 Nov 04:02');
  expect(formatWeekday(at)).toBe('Sun 22');
});

test('formatUtc() is exact to the millisecond', () => {
  expect(formatUtc(Date.UTC(2026, 10, 16, 14, 2, 51, 120))).toBe('2026-11-16 14:02:51.120 UTC');
});
