import { expect, test } from 'vitest';
import { sparklinePath } from './sparkline-path.ts';

test('sparklinePath() spans the box and lies flat when nothing changes', () => {
  expect(sparklinePath([0, 5, 10], 100, 20)).toBe('M0,19L50,10L100,1');
  expect(sparklinePath([3, 3], 10, 20)).toBe('M0,19L10,19');
  expect(sparklinePath([3], 10, 20)).toBe('');
});
