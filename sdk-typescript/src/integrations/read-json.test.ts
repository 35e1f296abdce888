import { describe, expect, test } from 'vitest';
import { listIn, objectAt, present, usageOf } from './read-json.ts';

describe('objectAt()', () => {
  test.each<[unknown, string | undefined, unknown]>([
    [{ a: 1 }, undefined, { a: 1 }],
    [{ a: { b: 1 } }, 'a', { b: 1 }],
    [{ a: [1] }, 'a', {}],
    [{ a: null }, 'a', {}],
    [{}, 'a', {}],
    [null, 'a', {}],
    ['text', 'length', {}],
    [undefined, undefined, {}],
  ])('of %j at %s is %j', (value, key, found) => {
    expect(objectAt(value, key)).toEqual(found);
  });
});

describe('listIn()', () => {
  test('answers the list, or an empty one', () => {
    expect(listIn({ a: [1] }, 'a')).toEqual([1]);
    expect(listIn({ a: 'no list' }, 'a')).toEqual([]);
    expect(listIn({}, 'a')).toEqual([]);
  });
});

describe('present()', () => {
  test('keeps what says something: false, 0 and the empty text too', () => {
    const fields = { a: undefined, b: null, c: false, d: 0, e: '' };
    expect(present(fields)).toEqual({ c: false, d: 0, e: '' });
  });
});

describe('usageOf()', () => {
  test('answers the figures, or null', () => {
    expect(usageOf({ usage: { prompt_tokens: 1 } })).toEqual({ prompt_tokens: 1 });
    for (const usage of [null, undefined, [], 'many']) expect(usageOf({ usage })).toBe(null);
  });
});
