import { expect, test } from 'vitest';
import { axisTicks, formatElapsed } from './axis-ticks.ts';
import { createTimeScale } from './time-scale.ts';

const elapsed = (endMs: number, widthPx: number) =>
  axisTicks(createTimeScale({ startMs: 0, endMs }, []), 0, widthPx).map((tick) => tick.elapsedMs);

test('axisTicks() stand on round times that leave room for their words', () => {
  expect(elapsed(161_000, 400)).toEqual([0, 40_000, 80_000, 120_000]);
  expect(elapsed(161_000, 200)).toEqual([0, 60_000, 120_000]);
  expect(elapsed(900, 400)).toEqual([0, 200, 400, 600, 800]);
  expect(elapsed(7 * 86_400_000, 300)).toEqual([0, 2, 4, 6].map((day) => day * 86_400_000));
});

test('axisTicks() count from the session start, also in a part of it', () => {
  const scale = createTimeScale({ startMs: 1_015_000, endMs: 1_045_000 }, []);
  expect(axisTicks(scale, 1_000_000, 300)).toEqual([
    { fraction: 5 / 30, elapsedMs: 20_000, stepMs: 10_000 },
    { fraction: 15 / 30, elapsedMs: 30_000, stepMs: 10_000 },
    { fraction: 25 / 30, elapsedMs: 40_000, stepMs: 10_000 },
  ]);
});

test('axisTicks() leave folds alone', () => {
  const scale = createTimeScale({ startMs: 0, endMs: 3_620_000 }, [
    { startMs: 0, endMs: 10_000 },
    { startMs: 3_610_000, endMs: 3_620_000 },
  ]);
  const ticks = axisTicks(scale, 0, 600);
  expect(ticks.every((tick) => tick.elapsedMs <= 10_000 || tick.elapsedMs >= 3_610_000)).toBe(true);
  expect(ticks.some((tick) => tick.elapsedMs >= 3_610_000)).toBe(true);
});

test('axisTicks() survive an axis without width', () => {
  expect(elapsed(1, 0)).toEqual([0]);
});

test.each([
  [0, '0'],
  [250, '250 ms'],
  [1_500, '1.5 s'],
  [40_000, '40 s'],
  [80_000, '1 m 20 s'],
  [120_000, '2 m'],
  [7_500_000, '2 h 5 m'],
  [3 * 86_400_000, '3 d'],
])('formatElapsed() %d ms is %s', (ms, text) => {
  expect(formatElapsed(ms)).toBe(text);
});

test.each([
  [12_310_000, 10_000, '3:25:10'],
  [12_310_500, 500, '3:25:10.500'],
  [80_500, 500, '1:20.500'],
  [80_000, 20_000, '1 m 20 s'],
  [12_300_000, 60_000, '3 h 25 m'],
])('formatElapsed() %d ms among ticks %d ms apart is %s', (ms, stepMs, text) => {
  expect(formatElapsed(ms, stepMs)).toBe(text);
});
