import { expect, test } from 'vitest';
import { Trees, wholeOf } from './tree-spending.ts';

test('a tree is one, by whichever of its roots it is asked for (P10)', () => {
  const trees = new Trees();
  const [tree, part] = [trees.of('root'), trees.of('child')];
  tree.spentNanoUsd = 5n;
  part.spentNanoUsd = 3n;
  expect(trees.learn(tree, 'root')).toBe(tree);
  expect(trees.learn(part, 'root')).toBe(tree);
  expect(trees.learn(part, 'root')).toBe(tree);
  expect(tree.spentNanoUsd).toBe(8n);
  expect(wholeOf(part)).toBe(tree);
  expect([trees.of('child'), trees.of('root')]).toEqual([tree, tree]);
});

test('a tree whose root was not known keeps what it has spent (P10)', () => {
  const trees = new Trees();
  const part = trees.of('child');
  part.spentNanoUsd = 3n;
  expect(trees.learn(part, 'root')).toBe(part);
  expect(trees.of('root')).toBe(part);
  expect(part).toEqual({ rootSessionId: 'root', spentNanoUsd: 3n, whole: null });
  // What became a part of it before it was a part itself is in it too.
  const lower = trees.of('lower');
  trees.learn(lower, 'child');
  const top = trees.of('top');
  trees.learn(part, 'top');
  expect(wholeOf(lower)).toBe(top);
});

test('the oldest tree is forgotten for a further one', () => {
  const trees = new Trees();
  trees.of('first').spentNanoUsd = 1n;
  trees.of('second').spentNanoUsd = 2n;
  for (let count = 0; count < 999; count += 1) trees.of(`tree ${count}`);
  expect(trees.of('second').spentNanoUsd).toBe(2n);
  expect(trees.of('first').spentNanoUsd).toBe(0n);
});
