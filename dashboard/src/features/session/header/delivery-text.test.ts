import { expect, test } from 'vitest';
import { deliveryGaps, deliveryText } from './delivery-text.ts';

const whole = {
  expected: 1_412,
  received: 1_412,
  refused: 0,
  missing: 0,
  dropped: 0,
  dropped_by: {},
  open_senders: 0,
  incomplete: false,
};

test('deliveryText() says how much of what was sent is here (D1)', () => {
  expect(deliveryText(whole)).toBe('1,412 of 1,412 received');
  expect(deliveryText({ ...whole, expected: 0, received: 0 })).toBe('nothing counted yet');
});

test('deliveryGaps() names each gap, and nothing when all is here (D1)', () => {
  expect(deliveryGaps(whole)).toEqual([]);
  expect(
    deliveryGaps({
      ...whole,
      missing: 3,
      refused: 1,
      dropped: 12,
      dropped_by: { queue_full: 10, too_large: 2, other: 0 },
      open_senders: 1,
      incomplete: true,
    }),
  ).toEqual([
    '3 missing',
    '1 refused',
    '12 dropped (queue full 10, too large 2)',
    '1 sender not closed',
  ]);
});
