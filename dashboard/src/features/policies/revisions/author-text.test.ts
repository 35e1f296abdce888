import { expect, test } from 'vitest';
import { authorText } from './author-text.ts';

test('authorText() is the name of a person, and says of a key that it is one (P1)', () => {
  expect(authorText('person "Ada "the" L."')).toBe('Ada "the" L.');
  expect(authorText('the migration')).toBe('the migration');
  expect(authorText('key "ci" (nk_test_…)')).toBe('key “ci”');
});
