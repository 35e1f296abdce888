import { expect, test } from 'vitest';
import { versionFixture as version } from './version-fixture.ts';
import { readVersionSearch } from './version-search.ts';

const items = [
  version({ number: 3 }),
  version({ number: 2, state: 'active' }),
  version({ number: 1, state: 'archived' }),
];

test('readVersionSearch() shows the newest against the active one, or what the URL names (A3)', () => {
  const read = (search: Record<string, string>) => {
    const { shown, against } = readVersionSearch(search, items);
    return [shown.number, against?.number ?? null];
  };
  expect(read({})).toEqual([3, 2]);
  expect(read({ version: '1' })).toEqual([1, 2]);
  expect(read({ version: '2' })).toEqual([2, null]);
  expect(read({ version: '2', against: '1' })).toEqual([2, 1]);
  expect(read({ version: '3', against: '3' })).toEqual([3, null]);
  expect(read({ version: '1', against: 'none' })).toEqual([1, null]);
  expect(read({ version: '9', against: 'x' })).toEqual([3, 2]);
});
