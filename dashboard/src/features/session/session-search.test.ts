import { expect, test } from 'vitest';
import { readSessionSearch, writeSessionSearch } from './session-search.ts';

test('readSessionSearch() is the timeline with everything when the URL says nothing', () => {
  expect(readSessionSearch({})).toEqual({ tab: 'timeline', event: null, types: [], find: '' });
});

test('readSessionSearch() leaves out what it does not know', () => {
  expect(
    readSessionSearch({ tab: 'secrets', types: 'tool,nothing,llm', find: 'x', event: 'e' }),
  ).toEqual({
    tab: 'timeline',
    event: 'e',
    types: ['llm', 'tool'],
    find: 'x',
  });
});

test('writeSessionSearch() keeps what is as usual out of the URL', () => {
  expect(writeSessionSearch({ tab: 'timeline', event: null, types: [], find: '' })).toEqual({
    tab: undefined,
    event: undefined,
    types: undefined,
    find: undefined,
  });
  expect(writeSessionSearch({ find: 'a b' })).toEqual({ find: 'a b' });
});

test('what writeSessionSearch() writes readSessionSearch() reads', () => {
  const search = {
    tab: 'cost',
    event: 'e1',
    types: ['llm', 'error'],
    find: 'model:gpt-5',
  } as const;
  expect(readSessionSearch(writeSessionSearch(search))).toEqual(search);
});
