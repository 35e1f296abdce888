import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withDrawer, withoutDrawer } from './drawer-search.ts';
import { parseSearchParams, stringifySearchParams } from './search-params.ts';

test('stringifySearchParams() leaves out what is empty and keeps commas readable', () => {
  const text = stringifySearchParams({ agent: 'a,b', tag: 'k:v', q: '', env: undefined, n: 3 });
  expect(text).toBe('?agent=a,b&tag=k:v');
});

test('parseSearchParams() reads back any text that stringifySearchParams() writes', () => {
  const value = fc.string({ unit: 'grapheme', minLength: 1 });
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), value), (search) => {
      expect(parseSearchParams(stringifySearchParams(search))).toEqual({ ...search });
    }),
  );
});

test('withDrawer() opens a session and forgets the last one', () => {
  const search = { q: 'refund', session: 'a', tab: 'cost', event: 'e' };
  expect(stringifySearchParams(withDrawer(search, 'b'))).toBe('?q=refund&session=b');
  expect(stringifySearchParams(withDrawer(search, 'b', 'x'))).toBe('?q=refund&session=b&event=x');
  expect(stringifySearchParams(withoutDrawer(search))).toBe('?q=refund');
});
