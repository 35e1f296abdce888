import { expect, test } from 'vitest';
import { keepOrder } from './keep-order.ts';

test('keepOrder() leaves what was seen in its place, drops what is gone, and puts new rows last', () => {
  const sorted = ['new', 'c', 'a', 'newer', 'b'].map((id) => ({ id }));
  const ids = keepOrder(['a', 'gone', 'b', 'c'], sorted).map(({ id }) => id);
  expect(ids).toEqual(['a', 'b', 'c', 'new', 'newer']);
  expect(keepOrder([], sorted)).toEqual(sorted);
});
