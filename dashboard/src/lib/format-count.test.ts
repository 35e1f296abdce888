import { expect, test } from 'vitest';
import { formatChange, formatCompact, formatCount, formatNoun } from './format-count.ts';

test('formatCount() separates thousands', () => {
  expect(formatCount(12_408)).toBe('12,408');
});

test.each([
  [999, '999'],
  [6_100, '6.1 k'],
  [84_210, '84.2 k'],
  [999_949, '1,000 k'],
  [999_950, '1.0 M'],
  [1_300_000, '1.3 M'],
  [2_400_000_000, '2.4 G'],
])('formatCompact() %d is %s', (count, text) => {
  expect(formatCompact(count)).toBe(text);
});

test('formatNoun() bends the noun', () => {
  expect(formatNoun(1, 'child', 'children')).toBe('1 child');
  expect(formatNoun(0, 'session')).toBe('0 sessions');
});

test('formatChange() is a share of the value before, or nothing', () => {
  expect(formatChange(1_082, 1_000)).toBe('8.2 %');
  expect(formatChange(876, 1_000)).toBe('12.4 %');
  expect(formatChange(12_000, 1_000)).toBe('12.0 ×');
  expect(formatChange(3_191, 1)).toBe('> 99 ×');
  expect(formatChange(5, 0)).toBeNull();
});
