import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutText, storableText } from './cut-text.ts';

describe('cutText()', () => {
  test.each([
    ['', 3, '', false],
    ['abc', 3, 'abc', false],
    ['abcd', 3, 'abc', true],
    ['😀😀😀', 3, '😀😀😀', false],
    ['😀😀😀😀', 3, '😀😀😀', true],
    ['a😀b', 2, 'a😀', true],
    ['\uD83D\uD83D\uD83D', 2, '\uD83D\uD83D', true],
    ['abc', 0, '', true],
  ])('cuts %j at %i characters: %j (E7)', (text, limit, expected, cut) => {
    expect(cutText(text, limit)).toEqual({ text: expected, cut });
  });

  test('never splits a character and keeps as many as it may (E7)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), fc.nat(20), (text, limit) => {
        const result = cutText(text, limit);
        expect([...result.text]).toEqual([...text].slice(0, limit));
        expect(result.cut).toBe([...text].length > limit);
      }),
    );
  });
});

describe('storableText()', () => {
  test.each([
    ['plain', 'plain'],
    ['a\0b', 'a\uFFFDb'],
    ['\uD800x', '\uFFFDx'],
    ['x\uDC00', 'x\uFFFD'],
    ['\uD83D\uDE00', '😀'],
    ['\0\uD800\0', '\uFFFD\uFFFD\uFFFD'],
  ])('turns %j into %j', (text, expected) => {
    expect(storableText(text)).toBe(expected);
  });
});
