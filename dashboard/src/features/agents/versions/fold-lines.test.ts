import { expect, test } from 'vitest';
import { diffLines } from './diff-lines.ts';
import { foldLines } from './fold-lines.ts';

const numbered = (count: number, word = 'line') =>
  Array.from({ length: count }, (_, index) => `${word} ${index + 1}`);

test('foldLines() keeps three equal lines on either side of a difference', () => {
  const before = numbered(20);
  const after = before.with(9, 'another');
  const parts = foldLines(diffLines(before.join('\n'), after.join('\n')));
  expect(parts.map(({ at, folded, lines }) => [at, folded, lines.length])).toEqual([
    [0, true, 6],
    [6, false, 7],
    [13, true, 7],
  ]);
});

test('foldLines() folds equal texts whole, and never a single line', () => {
  const same = numbered(9).join('\n');
  expect(foldLines(diffLines(same, same)).map(({ folded }) => folded)).toEqual([true]);
  const before = numbered(5);
  const parts = foldLines(diffLines(before.join('\n'), before.with(4, 'x').join('\n')));
  expect(parts.map(({ folded, lines }) => [folded, lines.length])).toEqual([
    [false, 1],
    [false, 4],
  ]);
});
