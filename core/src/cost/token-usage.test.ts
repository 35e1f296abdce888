import { describe, expect, test } from 'vitest';
import {
  isUsageSuspect,
  maxTokenCount,
  readTokenCount,
  tokenUsage,
  uncachedTokens,
} from './token-usage.ts';

describe('readTokenCount()', () => {
  test.each([
    [0, 0],
    [12, 12],
    [12.9, 12],
    ['12', 12],
    ['1e3', 1000],
    [maxTokenCount, maxTokenCount],
  ])('reads %j as %d', (value, expected) => {
    expect(readTokenCount(value)).toBe(expected);
  });

  test.each([
    -1,
    Number.NaN,
    Infinity,
    maxTokenCount + 1,
    '',
    ' ',
    'many',
    '0x10',
    '0b1',
    '1_000',
    null,
    undefined,
    true,
    {},
    [],
    [5],
  ])('leaves out %j', (value) => {
    expect(readTokenCount(value)).toBeUndefined();
  });
});

describe('uncachedTokens()', () => {
  test('is the total without its cached parts (C2)', () => {
    const usage = tokenUsage({
      inputTokens: 100,
      cacheReadTokens: 50,
      cacheWrite5mTokens: 20,
      cacheWrite1hTokens: 10,
    });
    expect(uncachedTokens(usage)).toBe(20);
    expect(isUsageSuspect(usage)).toBe(false);
  });

  test('is never below 0; such a usage is suspect', () => {
    const usage = tokenUsage({ inputTokens: 5, cacheReadTokens: 6 });
    expect(uncachedTokens(usage)).toBe(0);
    expect(isUsageSuspect(usage)).toBe(true);
  });
});

describe('tokenUsage()', () => {
  test('fills what is not named with 0', () => {
    expect(Object.values(tokenUsage({}))).toEqual(Array.from({ length: 10 }, () => 0));
    expect(tokenUsage({ outputImageTokens: 3 }).outputImageTokens).toBe(3);
  });
});
