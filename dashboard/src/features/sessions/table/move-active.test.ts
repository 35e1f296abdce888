import { expect, test } from 'vitest';
import type { DisplayRow } from '../list/display-rows.ts';
import { indexOf, parentOf, stepFrom } from './move-active.ts';

const lines: DisplayRow[] = [
  { kind: 'session', key: 'a', id: 'a', level: 1, parentId: null },
  { kind: 'session', key: 'a1', id: 'a1', level: 2, parentId: 'a' },
  { kind: 'more', key: 'a/more', parentId: 'a', level: 2 },
  { kind: 'session', key: 'b', id: 'b', level: 1, parentId: null },
];

test('stepFrom() begins at the first and skips lines that are no session', () => {
  expect(stepFrom(lines, null, 1)).toBe('a');
  expect(stepFrom(lines, 'a1', 1)).toBe('b');
  expect(stepFrom(lines, 'b', -1)).toBe('a1');
});

test('stepFrom() stays at the ends', () => {
  expect(stepFrom(lines, 'b', 1)).toBe('b');
  expect(stepFrom(lines, 'a', -1)).toBe('a');
  expect(stepFrom([], null, 1)).toBeNull();
});

test('parentOf() is the node above, or a root itself', () => {
  expect(parentOf(lines, 'a1')).toBe('a');
  expect(parentOf(lines, 'b')).toBe('b');
  expect(indexOf(lines, 'gone')).toBe(-1);
});
