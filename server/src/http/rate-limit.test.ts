import { expect, test } from 'vitest';
import { openRateLimit } from './rate-limit.ts';

test('openRateLimit() lets an address try so often within any period, and says how long to wait', () => {
  const limit = openRateLimit(2, 60_000);
  expect(limit.take('a', 0)).toBe(0);
  expect(limit.take('a', 30_000)).toBe(0);
  expect(limit.take('a', 45_000)).toBe(15);
  expect(limit.take('b', 45_000)).toBe(0);
  expect(limit.take('a', 60_000)).toBe(0);
  expect(limit.take('a', 60_001)).toBe(30);
});

test('giveBack() uncounts a good try', () => {
  const limit = openRateLimit(1, 60_000);
  limit.take('a', 0);
  limit.giveBack('a');
  expect(limit.take('a', 1)).toBe(0);
  limit.giveBack('nobody');
});

test('openRateLimit() holds at most 10,000 addresses', () => {
  const limit = openRateLimit(1, 60_000);
  for (let n = 0; n <= 10_000; n += 1) limit.take(`address ${n}`, 0);
  expect(limit.take('address 0', 1)).toBe(0);
  expect(limit.take('address 10000', 1)).toBe(60);
});
