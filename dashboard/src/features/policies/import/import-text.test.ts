import { expect, test } from 'vitest';
import { importText } from './import-text.ts';

test('importText() says what a file makes, changes and leaves (P8)', () => {
  const none = { created: 0, updated: 0, unchanged: 0, untouched: 0 };
  expect(importText(none)).toBe('Changes nothing.');
  expect(importText({ ...none, created: 2, updated: 1 })).toBe(
    'Makes 2 policies and changes 1 policy.',
  );
  expect(importText({ ...none, updated: 1, unchanged: 3, untouched: 1 })).toBe(
    'Changes 1 policy; 3 policies already as in the file; 1 policy not in the file, kept.',
  );
});
