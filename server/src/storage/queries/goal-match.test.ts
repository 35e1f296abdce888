import { describe, expect, test } from 'vitest';
import { sqliteFlavour } from '../sqlite/flavour.ts';
import { goalMatch, longWordConditions, wordConditions } from './goal-match.ts';

const runner = { flavour: sqliteFlavour };
const orgId = '00000000-0000-7000-8000-0000000000ff';
const organisation = 'org : "000000000000700080000000000000ff"';

describe('goalMatch()', () => {
  test('wants every word as a beginning, within one organisation (S11, O1)', () => {
    expect(goalMatch(orgId, ['review', '77'])).toBe(
      `${organisation} AND words : "review"* AND words : "77"*`,
    );
  });

  test('asks for at most eight characters of a word, by code points', () => {
    expect(goalMatch(orgId, ['contractors'])).toBe(`${organisation} AND words : "contract"*`);
    expect(goalMatch(orgId, ['𝒶𝒷𝒸𝒹𝑒𝒻𝑔𝒽𝒾'])).toBe(`${organisation} AND words : "𝒶𝒷𝒸𝒹𝑒𝒻𝑔𝒽"*`);
  });
});

describe('longWordConditions()', () => {
  test('compares in the rows what the index does not hold, and no more', () => {
    expect(longWordConditions(runner, 's', ['review', 'contract'])).toEqual([]);
    expect(longWordConditions(runner, 's', ['contractors', 'review']).length).toBe(1);
    expect(wordConditions(runner, 's', ['contractors', 'review']).length).toBe(2);
  });
});
