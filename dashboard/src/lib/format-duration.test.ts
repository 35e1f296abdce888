import { expect, test } from 'vitest';
import { formatDuration, formatTickingDuration } from './format-duration.ts';

test.each([
  [-5, '0 ms'],
  [0, '0 ms'],
  [850.7, '850 ms'],
  [999.9, '999 ms'],
  [1_000, '1.0 s'],
  [1_449, '1.4 s'],
  [59_999, '59.9 s'],
  [60_000, '1 m 00 s'],
  [192_000, '3 m 12 s'],
  [3_599_999, '59 m 59 s'],
  [7_500_000, '2 h 05 m'],
  [273_600_000, '3 d 4 h'],
])('formatDuration() %d ms is %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('formatTickingDuration() shows whole seconds below a minute', () => {
  expect(formatTickingDuration(8_149)).toBe('8 s');
  expect(formatTickingDuration(64_000)).toBe('1 m 04 s');
});
