import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openMetrics, type Metrics } from './metrics.ts';
import { keptSlots, quantileOf, slotMs, watchIngest } from './recent-ingest.ts';

let metrics: Metrics;
let watch: ReturnType<typeof watchIngest>;

beforeEach(() => {
  vi.useFakeTimers();
  metrics = openMetrics();
  watch = watchIngest(metrics, () => Date.now());
});
afterEach(() => {
  watch.close();
  metrics.close();
  vi.useRealTimers();
});

function take(records: number, ackMs: number): void {
  metrics.ingestRecords.add(records, 'accepted');
  metrics.ackSeconds.observe(ackMs / 1000);
  metrics.commitRecords.observe(records);
}

test('watchIngest() knows nothing before the first batch', () => {
  expect(watch.read()).toEqual({
    recordsPerSecond: 0,
    batchesPerSecond: 0,
    ackP50Ms: null,
    ackP99Ms: null,
    commitRecords: null,
    history: [],
  });
});

test('watchIngest() gives rates of the last minute, and forgets what is older', () => {
  take(1_000, 400);
  vi.advanceTimersByTime(slotMs);
  expect(watch.read()).toMatchObject({ recordsPerSecond: 200, batchesPerSecond: 0.2 });
  vi.advanceTimersByTime(60_000);
  expect(watch.read()).toMatchObject({ recordsPerSecond: 0, ackP99Ms: null });
  for (let batch = 0; batch < 100; batch += 1) take(12, 8);
  vi.advanceTimersByTime(slotMs);
  const { ackP50Ms, ackP99Ms, ...recent } = watch.read();
  expect(recent.commitRecords).toBe(12);
  expect(recent.history.at(-1)).toBe(240);
  expect(recent.history[0]).toBe(200);
  // All lie in the bucket from 7.5 to 10 ms.
  expect(ackP50Ms).toBeCloseTo(8.75, 6);
  expect(ackP99Ms).toBeCloseTo(9.975, 6);
});

test(`watchIngest() keeps ${keptSlots} slots`, () => {
  vi.advanceTimersByTime(slotMs * (keptSlots + 30));
  expect(watch.read().history).toHaveLength(keptSlots);
});

test('quantileOf() is the greatest bound for what lies above all', () => {
  expect(quantileOf({ bounds: [1, 2], atMost: [0, 0], count: 3, sum: 30 }, 0.5)).toBe(2);
  expect(quantileOf({ bounds: [1, 2], atMost: [2, 4], count: 4, sum: 5 }, 0.25)).toBe(0.5);
  expect(quantileOf({ bounds: [1, 2], atMost: [2, 4], count: 4, sum: 5 }, 1)).toBe(2);
});
