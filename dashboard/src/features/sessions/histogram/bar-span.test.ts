import { expect, test } from 'vitest';
import { moveSpan } from './bar-span.ts';

test('moveSpan() begins at the newest bar and stays within the bars', () => {
  expect(moveSpan(null, 'ArrowLeft', false, 8)).toEqual({ from: 7, to: 7 });
  expect(moveSpan(null, 'Home', false, 8)).toEqual({ from: 0, to: 0 });
  expect(moveSpan({ from: 7, to: 7 }, 'ArrowLeft', false, 8)).toEqual({ from: 6, to: 6 });
  expect(moveSpan({ from: 7, to: 7 }, 'ArrowRight', false, 8)).toEqual({ from: 7, to: 7 });
  expect(moveSpan({ from: 3, to: 3 }, 'End', false, 8)).toEqual({ from: 7, to: 7 });
});

test('moveSpan() stretches with Shift, either way round', () => {
  expect(moveSpan({ from: 5, to: 5 }, 'ArrowLeft', true, 8)).toEqual({ from: 5, to: 4 });
  expect(moveSpan({ from: 5, to: 4 }, 'Home', true, 8)).toEqual({ from: 5, to: 0 });
  expect(moveSpan({ from: 5, to: 0 }, 'ArrowRight', false, 8)).toEqual({ from: 1, to: 1 });
});

test('moveSpan() leaves other keys and an empty histogram alone', () => {
  expect(moveSpan({ from: 5, to: 5 }, 'j', false, 8)).toBe(null);
  expect(moveSpan(null, 'ArrowLeft', false, 0)).toBe(null);
});
