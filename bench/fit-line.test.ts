import { expect, test } from 'vitest';
import { fitLine } from './fit-line.ts';

test('fitLine() finds the line that points lie on', () => {
  const line = fitLine([1, 2, 4], [5, 7, 11]);
  expect([line.slope, line.at(0), line.rSquared]).toEqual([2, 3, 1]);
});

test('fitLine() says how much of the spread a line explains', () => {
  const line = fitLine([0, 1, 2, 3], [0, 2, 1, 3]);
  expect(line.slope).toBeCloseTo(0.8);
  expect(line.at(1.5)).toBeCloseTo(1.5);
  expect(line.rSquared).toBeCloseTo(0.64);
});

test('fitLine() takes what does not move as a line', () => {
  expect(fitLine([0, 1], [3, 3])).toMatchObject({ slope: 0, rSquared: 1 });
});
