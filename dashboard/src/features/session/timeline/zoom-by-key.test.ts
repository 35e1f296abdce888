import { expect, test } from 'vitest';
import { createTimeScale } from './time-scale.ts';
import { zoomByKey } from './zoom-by-key.ts';

const whole = createTimeScale({ startMs: 0, endMs: 1_000 }, []);
const part = { startMs: 250, endMs: 750 };

test('zoomByKey() zooms about the middle, and out to the whole', () => {
  expect(zoomByKey(null, whole, '+')).toEqual(part);
  expect(zoomByKey(part, whole, '=')).toEqual({ startMs: 375, endMs: 625 });
  expect(zoomByKey({ startMs: 375, endMs: 625 }, whole, '-')).toEqual(part);
  expect(zoomByKey(part, whole, '-')).toBe(null);
  expect(zoomByKey(part, whole, '0')).toBe(null);
});

test('zoomByKey() moves what is shown, held at the ends', () => {
  expect(zoomByKey(part, whole, 'ArrowRight')).toEqual({ startMs: 375, endMs: 875 });
  expect(zoomByKey(part, whole, 'ArrowLeft')).toEqual({ startMs: 125, endMs: 625 });
  expect(zoomByKey(part, whole, 'Home')).toEqual({ startMs: 0, endMs: 500 });
  expect(zoomByKey(part, whole, 'End')).toEqual({ startMs: 500, endMs: 1_000 });
  expect(zoomByKey(null, whole, 'ArrowLeft')).toBe(null);
});

test('zoomByKey() goes no deeper than can be seen and leaves other keys alone', () => {
  const deep = { startMs: 500, endMs: 502 };
  expect(zoomByKey(deep, whole, '+')).toEqual(deep);
  expect(zoomByKey(part, whole, 'j')).toBe(undefined);
});
