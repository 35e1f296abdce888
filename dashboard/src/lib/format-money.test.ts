import { expect, test } from 'vitest';
import { formatNanoUsd, formatNanoUsdExact, formatUsd } from './format-money.ts';

test.each([
  [0n, '$0'],
  [1n, '$0.000000001'],
  [42n, '$0.000000042'],
  [4_200n, '$0.0000042'],
  [99_999n, '$0.000100'],
  [100_000n, '$0.0001'],
  [600_000n, '$0.0006'],
  [18_400_000n, '$0.0184'],
  [112_000_000n, '$0.1120'],
  [999_999_999n, '$1.0000'],
  [1_000_000_000n, '$1.00'],
  [12_380_000_000n, '$12.38'],
  [1_204_500_000_000n, '$1,204.50'],
  [-18_400_000n, '−$0.0184'],
])('formatNanoUsd() %s is %s (S6)', (nano, text) => {
  expect(formatNanoUsd(nano)).toBe(text);
});

test('formatNanoUsd() keeps amounts beyond doubles exact (S6)', () => {
  expect(formatNanoUsd('9007199254740993000000000')).toBe('$9,007,199,254,740,993.00');
});

test('formatUsd() rounds to whole nano-USD first', () => {
  expect(formatUsd(0.1 + 0.2)).toBe('$0.3000');
  expect(formatUsd(0.0042)).toBe('$0.0042');
});

test('formatNanoUsdExact() shows every digit and at least two places', () => {
  expect(formatNanoUsdExact(4_200_001n)).toBe('$0.004200001');
  expect(formatNanoUsdExact(12_380_000_000n)).toBe('$12.38');
  expect(formatNanoUsdExact(12_000_000_000n)).toBe('$12.00');
});
