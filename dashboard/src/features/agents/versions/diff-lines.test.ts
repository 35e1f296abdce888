import { expect, test } from 'vitest';
import { comparedPairs, diffLines, type DiffLine } from './diff-lines.ts';

const told = (lines: readonly DiffLine[]) =>
  lines.map(({ kind, before, after }) => {
    const side = (line: DiffLine['before']) => (line === null ? '' : `${line.number}:${line.text}`);
    return `${kind} ${side(before)}|${side(after)}`;
  });

test('diffLines() sets equal, changed, removed and added lines beside each other (A3)', () => {
  const before = 'You route tickets.\nBe kind.\nNever refund.\nSign as Ann.';
  const after = 'You route tickets.\nBe brief.\nSign as Ann.\nAsk once.';
  expect(told(diffLines(before, after))).toEqual([
    'same 1:You route tickets.|1:You route tickets.',
    'changed 2:Be kind.|2:Be brief.',
    'removed 3:Never refund.|',
    'same 4:Sign as Ann.|3:Sign as Ann.',
    'added |4:Ask once.',
  ]);
});

test('diffLines() finds what moved around a line that stayed (A3)', () => {
  expect(told(diffLines('a\nb\nc\nd\ne', 'x\nb\nd\ny\ne'))).toEqual([
    'changed 1:a|1:x',
    'same 2:b|2:b',
    'removed 3:c|',
    'same 4:d|3:d',
    'added |4:y',
    'same 5:e|5:e',
  ]);
});

test('diffLines() of nothing and something, and of equal texts', () => {
  expect(diffLines('', '')).toEqual([]);
  expect(told(diffLines('', 'a\nb'))).toEqual(['added |1:a', 'added |2:b']);
  expect(told(diffLines('a', ''))).toEqual(['removed 1:a|']);
  expect(told(diffLines('a\r\nb', 'a\nb'))).toEqual(['same 1:a|1:a', 'same 2:b|2:b']);
  expect(told(diffLines('a\na', 'a'))).toEqual(['same 1:a|1:a', 'removed 2:a|']);
});

test('diffLines() tells texts beyond its limit as one block between what is equal', () => {
  const size = Math.ceil(Math.sqrt(comparedPairs)) + 1;
  const text = (word: string) => Array.from({ length: size }, (_, n) => `${word} ${n}`).join('\n');
  const lines = diffLines(`head\n${text('a')}\nfoot`, `head\n${text('b')}\nfoot`);
  expect(lines).toHaveLength(size + 2);
  expect(lines.filter(({ kind }) => kind === 'same')).toHaveLength(2);
});
