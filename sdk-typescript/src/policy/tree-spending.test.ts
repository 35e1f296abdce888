import { expect, test } from 'vitest';
import { knownNanoUsd, newTree, Trees, wholeOf } from './tree-spending.ts';

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
  expect(part).toEqual({ ...newTree('root'), spentNanoUsd: 3n });
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

test('what a tree has cost is what the server told, and what was spent here since (P10)', () => {
  const trees = new Trees();
  const [tree, part] = [trees.of('root'), trees.of('child')];
  Object.assign(tree, { spentNanoUsd: 5n, toldNanoUsd: 90n, freshNanoUsd: 2n });
  Object.assign(part, { spentNanoUsd: 3n, toldNanoUsd: 80n, freshNanoUsd: 3n });
  expect([knownNanoUsd(tree), knownNanoUsd(part)]).toEqual([92n, 83n]);
  trees.learn(part, 'root');
  expect(knownNanoUsd(part)).toBe(95n);
  // Of what others spent nothing is known: at least what was spent here.
  expect(knownNanoUsd({ ...newTree('root'), spentNanoUsd: 7n, freshNanoUsd: 1n })).toBe(7n);
});
