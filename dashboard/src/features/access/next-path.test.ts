import { expect, test } from 'vitest';
import { nextPath } from './next-path.ts';

test.each([
  [undefined, '/sessions'],
  ['/settings/keys?env=staging', '/settings/keys?env=staging'],
  ['https://elsewhere.example/', '/sessions'],
  ['//elsewhere.example/a', '/sessions'],
  ['/\\elsewhere.example/a', '/sessions'],
  ['/sign-in?token=x', '/sessions'],
  ['javascript:alert(1)', '/sessions'],
])('nextPath() turns %s into %s', (next, path) => {
  expect(nextPath(next)).toBe(path);
});
