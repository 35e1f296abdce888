import { expect, test } from 'vitest';
import { pickSearch } from './search-schema.ts';

test('pickSearch() keeps the keys of the page and drops the rest', () => {
  const raw = { env: 'staging', q: 'refund', status: '', token: 'secret', n: 4 };
  expect(pickSearch('sessions')(raw)).toEqual({ env: 'staging', q: 'refund' });
  expect(pickSearch('signIn')(raw)).toEqual({ token: 'secret' });
});
