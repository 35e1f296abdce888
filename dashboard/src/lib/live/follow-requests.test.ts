import { expect, test } from 'vitest';
import { followedBy, withRequest } from './follow-requests.ts';
import { reconnectDelayMs } from './reconnect-delay.ts';

test('followedBy() is the newest request, then the one before when it is withdrawn', () => {
  const one = withRequest(new Map(), 'tab-1', 'a');
  const two = withRequest(one, 'tab-2', 'b');
  expect(followedBy(two)).toBe('b');
  expect(followedBy(withRequest(two, 'tab-1', 'c'))).toBe('c');
  expect(followedBy(withRequest(two, 'tab-2', null))).toBe('a');
  expect(followedBy(withRequest(one, 'tab-1', null))).toBeNull();
});

test('reconnectDelayMs() doubles to 10 s and keeps at least half of it', () => {
  expect([1, 2, 3].map((n) => reconnectDelayMs(n, 0))).toEqual([500, 1_000, 2_000]);
  expect(reconnectDelayMs(1, 0.999)).toBe(1_000);
  expect(reconnectDelayMs(50, 0.999)).toBe(9_995);
});
