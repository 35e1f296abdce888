import { expect, test } from 'vitest';
import { mergeNewest, sortSignals } from './merge-newest.ts';
import { signalFixture } from '../../lib/signal-fixture.ts';

const signals = [1, 2, 3].map((number) => signalFixture(number));
const ids = (...numbers: number[]) => new Set(numbers.map((number) => signalFixture(number).id));

test('mergeNewest() finds what is new (G2)', () => {
  const page = { items: signals, next_cursor: 'more' };
  expect(mergeNewest(ids(2, 3), page)).toEqual({ fresh: [signals[0]], gap: false });
  expect(mergeNewest(ids(1, 2, 3), page)).toEqual({ fresh: [], gap: false });
});

test('mergeNewest() sees a gap when nothing of a full page was held (G2)', () => {
  expect(mergeNewest(ids(9), { items: signals, next_cursor: 'more' }).gap).toBe(true);
  expect(mergeNewest(ids(9), { items: signals, next_cursor: null }).gap).toBe(false);
  expect(mergeNewest(new Set(), { items: signals, next_cursor: 'more' }).gap).toBe(false);
});

test('sortSignals() keeps each once, the newest first, the higher id of equals (G2)', () => {
  const late = signalFixture(4, { occurred_at: '2026-11-20T11:00:00.000Z' });
  const sorted = sortSignals([...signals, late, ...signals]);
  expect(sorted.map(({ id }) => id.at(-1))).toEqual(['4', '3', '2', '1']);
});
