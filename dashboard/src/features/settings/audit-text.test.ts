import { expect, test } from 'vitest';
import { auditText } from './audit-text.ts';

test('auditText() names what is new, what went and what changed', () => {
  expect(auditText({ before: null, after: { name: 'ci', scopes: ['ingest'] } })).toBe(
    'name: ci, scopes: ["ingest"]',
  );
  expect(auditText({ before: { name: 'ci' }, after: null })).toBe('name: ci → gone');
  expect(auditText({ before: { a: 1, b: 2 }, after: { a: 1, b: 3 } })).toBe('b: 2 → 3');
  expect(auditText({ before: null, after: null })).toBe('');
});
