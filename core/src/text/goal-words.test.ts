import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { goalWords, maxSearchWords, searchWords } from './goal-words.ts';

describe('goalWords()', () => {
  test.each([
    ['', ''],
    ['Refund order #4711, please!', 'refund order 4711 please'],
    ['Café CAFE\u0301 café', 'cafe cafe cafe'],
    ['naïve Ångström', 'naive angstrom'],
    ['ﬁle ½ ②', 'file 1 2 2'],
    ['हिन्दी', 'हिन्दी'],
    ['か\u3099ぎ', 'がぎ ぎ'],
    ['東京都の天気', '東京 京都 都の の天 天気 気'],
    ['東', '東'],
    ['gpt5で東京へ', 'gpt5 で東 東京 京へ へ'],
    ['한국어', '한국 국어 어'],
    ['a\0b\uD800c', 'a b c'],
    ['"quoted" AND -not* (x:y)', 'quoted and not x y'],
    ['𝒜lpha', 'alpha'],
  ])('of %j are %j (S11)', (goal, expected) => {
    expect(goalWords(goal)).toBe(expected);
  });
});

describe('searchWords()', () => {
  test.each([
    ['', []],
    ['  ', []],
    ['"*:()-^', []],
    ['Refund REFUND', ['refund']],
    ['caf', ['caf']],
    ['東', ['東']],
    ['東京', ['東京']],
    ['東京都', ['東京', '京都']],
    ['OR NOT NEAR', ['or', 'not', 'near']],
  ])('of %j are %j (S11)', (query, expected) => {
    expect(searchWords(query)).toEqual(expected);
  });

  test(`ignores words beyond ${maxSearchWords}`, () => {
    const query = Array.from({ length: 40 }, (_, index) => `w${index}`).join(' ');
    expect(searchWords(query)).toHaveLength(maxSearchWords);
  });

  test('finds the text it was cut from, whatever the text (S11)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        expect(isFound(text, text)).toBe(true);
      }),
    );
  });

  test('finds a text by the beginning of any of its words and any substring of its CJK runs (S11)', () => {
    const cases = [
      ['Summarise the quarterly report', 'quart summ'],
      ['Résumé der Straße', 'resume stra'],
      ['東京都の天気を調べる', '天気'],
      ['東京都の天気を調べる', '調べる'],
      ['東京都の天気を調べる', 'る'],
    ] as const;
    for (const [goal, query] of cases) expect([query, isFound(goal, query)]).toEqual([query, true]);
  });

  test('does not find the middle of a word (S11)', () => {
    expect(isFound('quarterly', 'arter')).toBe(false);
  });
});

/** Whether every word searched for begins some word of the goal. */
function isFound(goal: string, query: string): boolean {
  const indexed = goalWords(goal).split(' ');
  return searchWords(query).every((word) => indexed.some((one) => one.startsWith(word)));
}
