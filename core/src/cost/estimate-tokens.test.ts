import { describe, expect, test } from 'vitest';
import { estimateTokens, maxEstimateDepth } from './estimate-tokens.ts';

function nested(depth: number): unknown {
  return depth === 0 ? 'four' : [nested(depth - 1)];
}

describe('estimateTokens()', () => {
  test.each([
    ['', 0],
    ['a', 1],
    ['abcd', 1],
    ['abcde', 2],
    ['😀😀😀😀', 1],
    ['😀😀😀😀😀', 2],
    ['\ud83d\ud83d\ud83d\ud83d', 1],
    [null, 0],
    [undefined, 0],
    [1234, 0],
    [[{ role: 'user', content: 'hello' }, { content: [{ text: 'you' }] }], 3],
  ])('counts a quarter of the characters of %j (C2)', (content, expected) => {
    expect(estimateTokens(content)).toBe(expected);
  });

  test('stops at its depth', () => {
    expect(estimateTokens(nested(maxEstimateDepth))).toBe(1);
    expect(estimateTokens(nested(maxEstimateDepth + 1))).toBe(0);
  });
});
