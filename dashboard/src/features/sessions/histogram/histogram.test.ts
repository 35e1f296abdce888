import { expect, test } from 'vitest';
import { axisLabels } from './axis-labels.ts';
import { bucketText, highest, stackBuckets } from './stack-buckets.ts';

const start = '2026-11-16T00:00:00.000Z';

function bars(counts: { done: number; stale: number; running: number; with_errors: number }) {
  return stackBuckets({
    from: start,
    to: start,
    bucket_ms: 10_800_000,
    buckets: [{ start, ...counts }],
  });
}

test('stackBuckets() takes those with errors from done first, so that parts add up', () => {
  const [bar] = bars({ done: 10, stale: 2, running: 1, with_errors: 3 });
  expect(bar).toMatchObject({ done: 7, withErrors: 3, stale: 2, running: 1, total: 13 });
});

test('stackBuckets() goes on with stale and running when more have errors than are done', () => {
  const [bar] = bars({ done: 1, stale: 2, running: 3, with_errors: 4 });
  expect(bar).toMatchObject({ done: 0, withErrors: 4, stale: 0, running: 2, total: 6 });
  expect(highest(bars({ done: 0, stale: 0, running: 0, with_errors: 0 }))).toBe(1);
});

test.each([
  [10_800_000, '1 bar = 3 h'],
  [86_400_000, '1 bar = 1 d'],
  [90_000, '1 bar = 1.5 min'],
  [5_000, '1 bar = 5 s'],
])('bucketText() %d is %s', (ms, text) => {
  expect(bucketText(ms)).toBe(text);
});

test('axisLabels() stands at local midnights over a week', () => {
  const from = new Date(2026, 10, 16, 12).getTime();
  const labels = axisLabels(from, from + 7 * 86_400_000);
  expect(labels.map((label) => label.text)).toEqual([
    'Tue 17',
    'Wed 18',
    'Thu 19',
    'Fri 20',
    'Sat 21',
    'Sun 22',
    'Mon 23',
  ]);
  expect(labels[0]?.at).toBeCloseTo(0.5 / 7, 10);
});

test('axisLabels() steps by the clock within two days and never crowds', () => {
  const from = new Date(2026, 10, 16, 0).getTime();
  expect(
    axisLabels(from, from + 3_600_000)
      .map((label) => label.text)
      .slice(0, 2),
  ).toEqual(['00:00', '00:15']);
  expect(axisLabels(from, from + 30 * 86_400_000).length).toBeLessThanOrEqual(8);
  expect(axisLabels(from, from)).toEqual([]);
});
