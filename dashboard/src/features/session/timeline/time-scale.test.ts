import { describe, expect, test } from 'vitest';
import { createTimeScale, fractionAt, timeAt } from './time-scale.ts';

const span = (startMs: number, endMs: number) => ({ startMs, endMs });
const folds = (scale: ReturnType<typeof createTimeScale>) =>
  scale.segments.filter((one) => one.folded).map((one) => [one.startMs, one.endMs]);

describe('createTimeScale()', () => {
  test('draws a session without idle time as one straight stretch', () => {
    const scale = createTimeScale(span(1_000, 11_000), [span(1_000, 6_000), span(5_000, 11_000)]);
    expect(scale.segments).toEqual([
      { startMs: 1_000, endMs: 11_000, from: 0, to: 1, folded: false },
    ]);
    expect(fractionAt(scale, 3_500)).toBe(0.25);
  });

  test('folds an idle hour between two calls to a fiftieth of the axis', () => {
    const hour = 3_600_000;
    const scale = createTimeScale(span(0, hour + 20_000), [
      span(0, 10_000),
      span(hour + 10_000, hour + 20_000),
    ]);
    expect(folds(scale)).toEqual([[10_000, hour + 10_000]]);
    expect(fractionAt(scale, 10_000)).toBeCloseTo(0.49, 10);
    expect(fractionAt(scale, hour + 10_000)).toBeCloseTo(0.51, 10);
    expect(fractionAt(scale, hour + 20_000)).toBe(1);
  });

  test('keeps a gap that is short beside the calls around it', () => {
    const scale = createTimeScale(span(0, 50_000), [span(0, 20_000), span(30_000, 50_000)]);
    expect(folds(scale)).toEqual([]);
  });

  test('folds neither the lead nor the tail unless they are named', () => {
    const domain = span(0, 1_000_000);
    expect(folds(createTimeScale(domain, [span(400_000, 401_000)]))).toEqual([]);
    expect(
      folds(createTimeScale(domain, [span(0, 0), span(400_000, 401_000), span(1e6, 1e6)])),
    ).toEqual([
      [0, 400_000],
      [401_000, 1_000_000],
    ]);
  });

  test('fills the axis when only folds and instants stand at its end', () => {
    const scale = createTimeScale(span(0, 1_000_000), [span(0, 1_000), span(1e6, 1e6)]);
    expect(scale.segments.at(-1)?.to).toBe(1);
    expect(fractionAt(scale, 1_000)).toBeCloseTo(0.98, 10);
  });

  test('folds nothing among instants: there is no length to make room for', () => {
    const instants = [0, 60_000, 120_000].map((at) => span(at, at));
    expect(folds(createTimeScale(span(0, 120_000), instants))).toEqual([]);
  });

  test('folds at most 40 gaps, the longest, and none of equals above that', () => {
    const every = (count: number, gap: (index: number) => number) => {
      let at = 0;
      return Array.from({ length: count }, (_, index) => {
        const one = span(at, at + 100);
        at += 100 + gap(index);
        return one;
      });
    };
    const equal = every(200, () => 60_000);
    expect(folds(createTimeScale(span(0, 2e7), equal))).toEqual([]);
    const rising = every(200, (index) => 60_000 + index);
    expect(folds(createTimeScale(span(0, 2e7), rising))).toHaveLength(40);
    const width = createTimeScale(span(0, 2e7), rising)
      .segments.filter((one) => one.folded)
      .reduce((sum, one) => sum + one.to - one.from, 0);
    expect(width).toBeCloseTo(0.25, 10);
  });

  test('a domain without length is one millisecond wide', () => {
    const scale = createTimeScale(span(5, 5), [span(5, 5)]);
    expect([scale.startMs, scale.endMs]).toEqual([5, 6]);
    expect(fractionAt(scale, 5)).toBe(0);
  });

  test('leaves out what lies outside the domain', () => {
    const scale = createTimeScale(span(1_000, 2_000), [span(0, 1_500), span(1_800, 99_000)]);
    expect([scale.startMs, scale.endMs]).toEqual([1_000, 2_000]);
    expect(fractionAt(scale, 500)).toBe(0);
    expect(fractionAt(scale, 2_500)).toBe(1);
  });
});

test('timeAt() is the inverse of fractionAt()', () => {
  const scale = createTimeScale(span(0, 10_000_000), [
    span(0, 4_000),
    span(5_000_000, 5_003_000),
    span(9_990_000, 10_000_000),
  ]);
  for (const ms of [0, 3_999, 4_000, 2_500_000, 5_000_001, 9_999_999, 10_000_000]) {
    expect(timeAt(scale, fractionAt(scale, ms))).toBeCloseTo(ms, 3);
  }
  expect(timeAt(scale, -1)).toBe(0);
  expect(timeAt(scale, 2)).toBe(10_000_000);
});
